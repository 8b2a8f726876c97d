"""A Python backend that talks to Carillon with nothing but its standard library.

It notifies a user, moves a task's progress bar, and sends a chat message; open Carillon's first page
as that user to watch. `npm run example:python` starts a server with it, and does it again and again.
Run against a server of yours: python3 examples/python-backend/notify.py --key <API key>
"""

import argparse
import json
import os
import time
import urllib.error
import urllib.request
import uuid


class Carillon:
    """The few calls a backend needs: JSON over HTTP with an API key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-API-Key": self.key},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            raise SystemExit(f"{path}: {error.code} {problem.get('detail', problem)}") from None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("CARILLON_URL", "http://127.0.0.1:8000"))
    parser.add_argument("--key", default=os.environ.get("API_KEY"), help="printed by npm start")
    parser.add_argument("--user", default="alice")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between steps")
    parser.add_argument("--every", type=float, help="seconds after which it is done again")
    options = parser.parse_args()
    if options.key is None:
        parser.error("--key or API_KEY is needed: npm start prints it")
    carillon = Carillon(options.url, options.key)
    tell(carillon, options.user, options.pause)
    while options.every is not None:
        time.sleep(options.every)
        tell(carillon, options.user, options.pause)


def tell(carillon: Carillon, user: str, pause: float) -> None:
    task = f"report-{uuid.uuid4()}"
    steps = ["Collecting", "Counting", "Drawing", "Printing"]
    carillon.post(
        f"/api/v1/tasks/{task}/start",
        {"owner": user, "title": "Monthly report", "total_steps": len(steps)},
    )
    for number, message in enumerate(steps, start=1):
        time.sleep(pause)
        carillon.post(
            f"/api/v1/tasks/{task}/progress",
            {
                "message": message,
                "step": number,
                "total_steps": len(steps),
                "progress": 100 * number // len(steps),
            },
        )
    carillon.post(f"/api/v1/tasks/{task}/complete", {"message": "Ready", "result": {"pages": 12}})

    # The same key again would not notify twice: retries are safe.
    sent = carillon.post(
        "/api/v1/notifications",
        {
            "users": [user],
            "title": "Your report is ready",
            "content": "12 pages",
            "type": "success",
            "source": "python-backend",
            "dedupeKey": task,
        },
    )
    conversation = carillon.post(
        "/api/v1/conversations", {"kind": "direct", "members": [user, "report-bot"]}
    )
    message = carillon.post(
        f"/api/v1/conversations/{conversation['id']}/messages",
        {"sender": "report-bot", "clientId": task, "content": "Anything else?"},
    )
    print(f"notified {sent['accepted']} user(s); message {message['seq']} sent", flush=True)


if __name__ == "__main__":
    main()
