class Scale:
    factor = 2
