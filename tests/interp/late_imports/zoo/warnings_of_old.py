import functools
import warnings


def deprecated(since):
    if not since:
        raise ValueError("since when?")

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            warnings.warn(f"{function.__name__} is deprecated since {since}")
            return function(*args, **kwargs)

        return wrapper

    return decorate
