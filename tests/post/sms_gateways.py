"""Stand-ins for SMS.ru, SMSC.ru and SMS Aero over HTTPS on this machine, with bad manners on demand."""

import base64
import json
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

TLS = Path(__file__).parents[1] / "data" / "tls"
KEY = "key-0123456789"
LOGIN = "mail@agency.example"
NAMES = ("smsru", "smsc", "smsaero")
BEHAVIOURS = ("time-out before accepting", "time-out while accepting", "time-out after accepting", "broken off",
              "500", "502 with body", "wrong json", "duplicate id", "slow", "tls fault", "redirect", "refused",
              "no money", "rate limit", "endless answer", "500 as json")

RAW = {"broken off": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"status\":",
       "502 with body": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 20\r\n\r\n<h1>Bad gateway</h1>",
       "wrong json": b"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"status\": \"OK\", "}


class StandIn:
    """One provider. `manners` is a list of behaviours used up one by one; "" and an empty list are good ones.

    `accepted` counts acceptances by (phone, text); `asked` keeps every question as (path, fields).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.manners: list[str] = []
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.numbers: dict[str, dict[str, Any]] = {}
        self.statuses: dict[str, int] = {}
        self.errors: dict[str, int] = {}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.balance = "123.45"
        self.port = 0
        self.late: list[threading.Thread] = []
        self.lock = threading.Lock()

    def take(self, fields: dict[str, str]) -> str:
        """Accept an SMS for good; gives the number it has from now on."""
        phone = fields.get("to") or fields.get("phones") or fields.get("number") or ""
        text = fields.get("msg") or fields.get("mes") or fields.get("text") or ""
        with self.lock:
            self.accepted[phone, text] += 1
            ref = {"smsru": f"202647-1{len(self.numbers):06d}", "smsc": fields.get("id", ""),
                   "smsaero": str(7000 + len(self.numbers))}[self.name]
            self.numbers[ref] = fields
        return ref

    def sent(self, ref: str, fields: dict[str, str]) -> Any:
        """What it documents to answer to an accepted SMS."""
        phone = fields.get("to") or fields.get("number") or ""
        return {
            "smsru": {"status": "OK", "status_code": 100, "balance": 98.5,
                      "sms": {phone: {"status": "OK", "status_code": 100, "sms_id": ref}}},
            "smsc": {"id": ref, "cnt": 1, "cost": "3.2", "balance": "98.5"},
            "smsaero": {"success": True, "message": None, "data": {
                "id": int(ref) if ref.isdigit() else 0, "from": "SMS Aero", "number": phone, "status": 8,
                "text": fields.get("text"), "extendStatus": "moderation", "channel": "FREE SIGN", "cost": 5.49}},
        }[self.name]

    def refusal(self, kind: str) -> tuple[int, Any]:
        """(number of HTTP, JSON) of a documented refusal."""
        codes = {"refused": (207, 8, 400), "no money": (201, 3, 402), "rate limit": (220, 4, 429),
                 "duplicate id": (231, 9, 409)}
        smsru, smsc, aero = codes[kind]
        if self.name == "smsru":
            return 200, {"status": "OK", "status_code": 100, "sms": {"79160000001": {
                "status": "ERROR", "status_code": smsru, "status_text": kind}}}
        if self.name == "smsc":
            return 200, {"error": kind, "error_code": smsc, **({"id": 1} if smsc in (3, 6, 7, 8) else {})}
        words = "Not enough money" if kind == "no money" else "Validation error."
        return aero, {"success": False, "data": {"number": ["wrong"]} if kind == "refused" else None, "message": words}

    def status(self, fields: dict[str, str]) -> Any:
        """What it answers about an SMS."""
        ref = fields.get("sms_id") or fields.get("id") or ""
        known = ref in self.numbers
        code = self.statuses.get(ref)
        if self.name == "smsru":
            return {"status": "OK", "status_code": 100, "balance": 1.0, "sms": {ref: {
                "status": "OK" if known else "ERROR", "status_code": (code or 102) if known else -1, "cost": 3.2}}}
        if self.name == "smsc":
            return ({"status": code or 0, "last_date": "01.11.2026 10:00:00", "last_timestamp": 1, "id": ref,
                     "err": self.errors.get(ref, 0)}
                    if known else {"error": "message not found", "error_code": 3})
        return ({"success": True, "message": None, "data": {"id": int(ref), "status": 3 if code is None else code}}
                if known else {"success": False, "data": None, "message": "Not found"})

    def money(self) -> Any:
        """What it answers about the account."""
        return {"smsru": {"status": "OK", "status_code": 100, "balance": float(self.balance)},
                "smsc": {"balance": self.balance},
                "smsaero": {"success": True, "data": {"balance": float(self.balance)}, "message": None}}[self.name]

    def price(self) -> Any:
        """What it answers when it is asked for the price of one SMS."""
        return {
            "smsru": {"status": "OK", "status_code": 100, "total_cost": 4.95, "total_sms": 1,
                      "sms": {"79161234567": {"status": "OK", "status_code": 100, "cost": 4.95, "sms": 1}}},
            "smsc": {"cost": "4.95", "cnt": 1},
            "smsaero": {"success": True, "message": None, "data": {
                "FREE SIGN": {"MEGAFON": "4.95", "MTS": "4.10", "OTHER": "3.00"}, "INTERNATIONAL": {"MTS": "9.00"}}},
        }[self.name]

    def stranger(self) -> tuple[int, Any]:
        """What it answers to a wrong key."""
        return {"smsru": (200, {"status": "ERROR", "status_code": 200, "status_text": "Неправильный api_id"}),
                "smsc": (200, {"error": "authorise error", "error_code": 2}),
                "smsaero": (401, {"success": False, "message": "Your request was made with invalid credentials."}),
                }[self.name]


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        """Every question of all three providers."""
        gate: StandIn = self.server.stand_in
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        gate.asked.append((self.path, fields))
        if not self._knows(fields):
            return self._say(*gate.stranger())
        if self.path in gate.answers:
            return self._say(*gate.answers[self.path])
        if "cost" in self.path or "tariffs" in self.path or fields.get("cost") == "1":
            return self._say(200, gate.price())
        if "balance" in self.path:
            return self._say(200, gate.money())
        if "status" in self.path:
            return self._say(200, gate.status(fields))
        with gate.lock:
            manner = gate.manners.pop(0) if gate.manners else ""
        return self._send(gate, manner, fields)

    do_GET = do_POST

    def _send(self, gate: StandIn, manner: str, fields: dict[str, str]) -> None:
        if manner in ("refused", "no money", "rate limit"):
            return self._say(*gate.refusal(manner))
        if manner == "500":
            return self._raw(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nOops")
        if manner == "redirect":
            place = f"https://localhost:{gate.port}{self.path}".encode()
            return self._raw(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n")
        if manner in ("time-out before accepting", "time-out while accepting"):
            self._until_closed()
            return gate.take(fields) and None if "while" in manner else None
        return self._taken(gate, manner, fields, gate.take(fields))

    def _taken(self, gate: StandIn, manner: str, fields: dict[str, str], ref: str) -> None:
        """It is accepted; the answer may still be anything."""
        if manner == "slow":
            threading.Event().wait(0.1)
        if manner in RAW:
            return self._raw(RAW[manner])
        return {
            "duplicate id": lambda: self._say(*gate.refusal(manner)),
            "time-out after accepting": self._until_closed,
            "500 as json": lambda: self._say(500, gate.sent(ref, fields)),
            "endless answer": self._endless,
        }.get(manner, lambda: self._say(200, gate.sent(ref, fields)))()

    def _knows(self, fields: dict[str, str]) -> bool:
        basic = "Basic " + base64.b64encode(f"{LOGIN}:{KEY}".encode()).decode()
        return {"smsru": fields.get("api_id") == KEY,
                "smsc": fields.get("apikey") == KEY or (fields.get("login"), fields.get("psw")) == (LOGIN, KEY),
                "smsaero": self.headers.get("Authorization") == basic}[self.server.stand_in.name]

    def _say(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self._raw(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                  % (status, len(body), body))

    def _raw(self, data: bytes) -> None:
        with suppress(OSError):
            self.wfile.write(data)
        self.close_connection = True

    def _until_closed(self) -> None:
        with suppress(OSError):
            self.connection.recv(1)
        self.close_connection = True

    def _endless(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(40):
                self.wfile.write(b" " * 65536)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stand_in: Any = stand_in
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(TLS / "relay.pem")

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake in the thread of the connection; a fault of it is the client's business."""
        if self.stand_in.manners[:1] == ["tls fault"]:
            self.stand_in.manners.pop(0)
            request.sendall(b"this is not TLS")
            return
        with suppress(OSError):
            wrapped = self.tls.wrap_socket(request, server_side=True)
            try:
                super().finish_request(wrapped, client_address)
            finally:
                with suppress(OSError):
                    wrapped.shutdown(2)
                wrapped.close()

    def handle_error(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def standing_in(name: str) -> Iterator[StandIn]:
    """A stand-in that listens on localhost until the end of the block."""
    gate = StandIn(name)
    server = _Server(gate)
    gate.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
