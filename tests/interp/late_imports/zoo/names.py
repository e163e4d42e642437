from zoo.blocks import Down as Again

channels = 64
