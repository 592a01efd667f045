"""What schemathesis can't know of Greenlight: which rows there are, and what must not happen while it is tried out."""

import json
import os
import random
import re
import zlib

import schemathesis

ROWS = json.loads(os.environ["FUZZ_ROWS"])
ENDLESS = {"/api/v3/events", "/api/v3/jobs/{id}/events"}


@schemathesis.hook
def before_call(context, case, kwargs):
    # Drawn from the case itself, so that the same case is always sent in the same way.
    draw = random.Random(zlib.crc32(repr((case.method, case.path_parameters, case.query, case.body)).encode()))
    if draw.random() < 0.6:
        name_rows(case, draw)
    stay_here(case.body)
    stay_here(case.query)
    # These streams have no end, so of them only the refusals are seen here; test/api/events.test.ts reads them.
    if case.path in ENDLESS:
        case.query = {**(case.query or {}), "last_event_id": "~"}
        case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() != "last-event-id"}


def name_rows(case, draw):
    """Puts what there is in place of what was made up: made up ids find nothing."""
    path, given = case.path, case.path_parameters or {}
    job = draw_job(case.method, path, draw)
    scene = draw.choice(job["scenes"])
    purchase = draw.choice(ROWS["unknown"])
    named = {
        "job_id": job["id"],
        "scene_id": scene,
        "filename": f"clip_{scene}.mp4",
        "index": draw.randrange(2),
        "client_id": ROWS["client"],
        "campaign_id": ROWS["campaign"],
        "provider_id": purchase["provider_id"],
    }
    kinds = {"jobs": job["id"], "clients": ROWS["client"], "campaigns": ROWS["campaign"]}
    kinds |= {"assets": draw.choice(ROWS["assets"]), "predictions": purchase["id"]}
    kind = re.match(r"/api/v3/(\w+)/\{id\}", path)
    if kind:
        named["id"] = kinds[kind[1]]
    case.path_parameters = {name: named.get(name, value) for name, value in given.items()}
    for part in (case.query, case.body):
        if isinstance(part, dict):
            part.update({name: named[name] for name in part if name in named})


def draw_job(method, path, draw):
    """The film is the only one, and bytes to ask for: it is neither decided nor deleted, and seldom made anew."""
    if method == "POST" and path.endswith(("/retry", "/regenerate")):
        return ROWS["film"] if draw.random() < 0.1 else draw.choice(ROWS["failed"])
    reads = method == "GET" or path.endswith("/copy")
    return ROWS["film"] if reads and draw.random() < 0.7 else draw.choice(ROWS["waiting"] + ROWS["failed"])


def stay_here(part):
    """No URL that was made up is fetched or called: it may be somebody's."""
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and "://" in value:
                part[name] = re.sub(r"://[^/]*", "://host.invalid", value)
            else:
                stay_here(value)
    elif isinstance(part, list):
        for index, value in enumerate(part):
            if isinstance(value, str) and "://" in value:
                part[index] = re.sub(r"://[^/]*", "://host.invalid", value)
            else:
                stay_here(value)
