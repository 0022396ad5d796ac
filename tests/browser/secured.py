"""The service behind HTTPS, as on the internet: what takes the encryption off and passes all else on."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"


class Proxy(ThreadingTCPServer):
    """Listens with HTTPS. `partitioned`: whether browsers are told to keep cookies apart for each site."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: Path) -> None:
        super().__init__((HERE, 0), _Passing)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.to: Callable[[], int] = lambda: 0
        self.partitioned = True
        self.certificate = certificate

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"https://{HERE}:{self.server_address[1]}"

    def back(self, chunk: bytes) -> bytes:
        """What browsers get of what was answered."""
        return chunk if self.partitioned else chunk.replace(b"; Partitioned", b"")


class _Passing(BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        with (
            suppress(OSError),
            self.server.context.wrap_socket(self.request, server_side=True) as browser,
            socket.create_connection((HERE, self.server.to())) as service,
        ):
            threading.Thread(target=_pass, args=(browser, service, bytes), daemon=True).start()
            _pass(service, browser, self.server.back)


def _pass(source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(change(chunk))
    for one in (source, sink):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(folder: Path) -> Iterator[Proxy]:
    """One that listens; where it passes things on to is said later."""
    server = Proxy(_certificate(folder))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _certificate(folder: Path) -> Path:
    """A certificate that nobody but this machine has signed, with its key."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HERE)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path
