"""Somebody who asks a playground over its socket, as a stranger would."""

import http.client
import json
from pathlib import Path

import numpy as np

from selenite.play.wire import KIND, TYPES, pack

INSIDE = "\nglobalThis.inside = { ...module_store, ...module_api };\n"  # behind the page's script: what it knows


STAND_STILL = """() => {
  const { animate } = Element.prototype;
  Element.prototype.animate = function (...motion) {
    const flight = animate.apply(this, motion);
    flight.pause();
    return flight;
  };
}"""  # what flies waits until it is told where it is


class Visitor:
    """Asks a playground."""

    def __init__(self, playground):
        self.playground = playground

    def request(self, method, path, body=None, **headers):
        """Return status, headers and body; a header of value None is left out."""
        usual = {"Host": f"127.0.0.1:{self.playground.port}", "X-Selenite-Token": self.playground.token}
        if body is not None:
            usual["Content-Type"] = KIND
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.playground.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        content = b"" if body is None else body if isinstance(body, bytes) else pack(body)
        for name, value in {**usual, **named}.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None and "Content-Length" not in named:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def call(self, verb, **message):
        """Ask a verb; return its result."""
        status, _, body = self.request("POST", f"/api/{verb}", message)
        found = unpacked(body)
        assert (status, list(found)) == (200, ["result"]), body[:300]
        return found["result"]

    def refused(self, verb, **message):
        """Ask what is refused; return the reason."""
        status, _, body = self.request("POST", f"/api/{verb}", message)
        found = unpacked(body)
        assert (status, list(found)) == (200, ["error"]), body[:300]
        return found["error"]

    def upload(self, path, model=None):
        """Drop a file, perhaps with rows for a model; return what came of it."""
        headers = {"x_selenite_name": Path(path).name, "x_selenite_model": None if model is None else str(model)}
        status, _, body = self.request("POST", "/api/file", Path(path).read_bytes(), **headers)
        assert status == 200
        return unpacked(body)

    def opened(self, path, model=None):
        """Drop a file that can be opened."""
        return self.upload(path, model)["result"]


def unpacked(body):
    """Return what an answer says, as the page reads it."""
    size = int.from_bytes(body[:4], "little")
    begin = -(-(4 + size) // 8) * 8

    def revived(value):
        if isinstance(value.get("array"), str):
            return np.frombuffer(body, TYPES[value["array"]], value["length"], begin + value["at"])
        return value

    return json.loads(body[4 : 4 + size], object_hook=revived)
