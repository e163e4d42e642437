"""Ways to enrol what is decorated."""

import functools

from .register import REGISTER, enrol


def under(name):
    def decorate(cls):
        REGISTER[name] = cls
        return cls

    return decorate


def by_hand_over(name):
    def decorate(cls):
        cls.__name__ = name
        return enrol(cls)

    return decorate


def _put(name, cls):
    REGISTER[name] = cls
    return cls


def by_partial(name):
    return functools.partial(_put, name)


def by_lambda(name):
    return lambda cls: _put(name, cls)


def by_alias(cls):
    known = REGISTER
    known["alias"] = cls
    return cls


def by_method(cls):
    REGISTER.update(method=cls)
    return cls
