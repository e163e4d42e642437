REGISTER = {}


def enrol(cls):
    REGISTER[cls.__name__.lower()] = cls
    return cls


def build(name, *args):
    return REGISTER[name](*args)
