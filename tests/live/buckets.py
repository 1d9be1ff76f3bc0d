"""An object store on loopback that answers as S3 does: gofakes3, which asks for no credentials."""

import http.client
import io
import tarfile
from urllib.parse import quote

from tests.live.programs import path_of
from tests.live.services import LOOPBACK, Services, free_port, listening


class ObjectStore:
    """The buckets of all hosts, kept in memory."""

    def __init__(self, services: Services) -> None:
        self.port = free_port()
        self._keys: dict[str, set[str]] = {}
        services.start(
            "gofakes3",
            [path_of("gofakes3"), "-backend", "memory", "-host", f"{LOOPBACK}:{self.port}"],
            lambda: listening(self.port),
        )

    def fill(self, bucket: str, archive: bytes) -> None:
        """Put the files of an archive into a bucket, which has no others afterwards."""
        if bucket not in self._keys:
            self._send("PUT", f"/{bucket}")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            files = {each.name: tar.extractfile(each) for each in tar if each.isfile()}
            for name, content in files.items():
                assert content is not None
                self._send("PUT", f"/{bucket}/{quote(name)}", content.read())
        for name in self._keys.get(bucket, set()) - files.keys():
            self._send("DELETE", f"/{bucket}/{quote(name)}")
        self._keys[bucket] = set(files)

    def _send(self, method: str, path: str, data: bytes = b"") -> None:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.request(method, path, data)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < http.client.MULTIPLE_CHOICES, (method, path, text)
