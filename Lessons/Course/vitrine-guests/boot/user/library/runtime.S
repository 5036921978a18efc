# What compiled Swift calls for memory, under the names of C. Swift itself does not let us define these two.

        .text
        .globl  posix_memalign
        .type   posix_memalign, @function
posix_memalign:
        tail    heap_allocate

        .globl  free
        .type   free, @function
free:
        tail    heap_release
