import CommandLineTool

Vitrine.main()
