import Foundation

/// The guests that come with the tool: one folder each in `Guests/Catalog`, sources beside built images.
package enum Guests {
}
