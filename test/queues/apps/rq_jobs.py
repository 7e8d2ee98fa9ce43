"""An app with one job, which says that it has begun and then holds until it is let go."""
import os

from redis import Redis


def hold(name):
    aside = Redis.from_url(os.environ["ASIDE_URL"])
    aside.lpush("begun", name)
    aside.blpop("go:" + name, timeout=600)
    if name.startswith("fail"):
        raise RuntimeError("told to fail")
