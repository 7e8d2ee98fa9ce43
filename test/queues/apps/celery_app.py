"""An app with one task, which says that it has begun and then holds until it is let go."""
import os

from celery import Celery
from redis import Redis

app = Celery("app", broker=os.environ["REDIS_URL"])


@app.task
def hold(name):
    aside = Redis.from_url(os.environ["ASIDE_URL"])
    aside.lpush("begun", name)
    aside.blpop("go:" + name, timeout=600)
