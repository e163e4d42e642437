from parts import Scale


def widen(channels):
    return channels * Scale.factor
