#!/usr/bin/python3
"""Runs the conformance table of calls with grpcio, the official Python client, against a LiveAvatar server.

usage: grpc_table.py http://HOST:PORT HTTP_URL DESCRIPTORS

DESCRIPTORS is a google.protobuf.FileDescriptorSet, so that nothing has to be generated. Prints one line of JSON per row:
{"row": "unary", "ok": true}, or with "why" when it is not. Exit code 0 when the table was run, 3 when a package is missing.
"""

import json
import sys
import threading
import time
import traceback

try:
    import grpc
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
except ImportError as error:
    print(f"a Python package is missing: {error}. Debian: apt-get install python3-grpcio python3-protobuf", file=sys.stderr)
    sys.exit(3)

SERVICE = "/liveavatar.conformance.Conformance/"
LIMIT = 1 << 20  # RpcHosting.MaxMessageBytes
PATIENCE = 30  # seconds: a call that should end and does not must fail its row, not hang the table


def messages(path):
    """Finds message classes by full name."""
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name))


class Table:
    def __init__(self, target, message):
        self.message = message
        self.Request, self.Response = message("liveavatar.conformance.Request"), message("liveavatar.conformance.Response")
        self.channel = grpc.insecure_channel(target)
        kinds = {"Unary": self.channel.unary_unary, "ClientStream": self.channel.stream_unary,
                 "ServerStream": self.channel.unary_stream, "Bidi": self.channel.stream_stream}
        self.unary, self.client_stream, self.server_stream, self.bidi = (
            make(SERVICE + name, self.Request.SerializeToString, self.Response.FromString) for name, make in kinds.items())

    def call(self, method, request="Request", response="Response", kind="unary_unary", package="liveavatar.conformance"):
        request, response = self.message(f"{package}.{request}"), self.message(f"{package}.{response}")
        return getattr(self.channel, kind)(method, request.SerializeToString, response.FromString), request

    def refused(self, code, call):
        """The error of a call that must fail with a code."""
        try:
            result = call()
            if hasattr(result, "__iter__") and not isinstance(result, self.Response):
                list(result)
        except grpc.RpcError as error:
            assert error.code() == code, f"{error.code()}, not {code}: {error.details()}"
            return error
        raise AssertionError(f"it worked, but {code} was due")

    def run(self):
        for name in dir(self):
            if name.startswith("row_"):
                row, why = getattr(self, name).__doc__, None
                try:
                    getattr(self, name)()
                except Exception:  # whatever it was, it is the row's answer
                    why = traceback.format_exc()
                print(json.dumps({"row": row, "ok": why is None, **({"why": why} if why else {})}), flush=True)

    # the four kinds

    def row_unary(self):
        """unary"""
        assert self.unary(self.Request(payload=b"\0\xff"), timeout=PATIENCE).payload == b"\0\xff"

    def row_client_stream(self):
        """client stream"""
        answer = self.client_stream((self.Request(payload=bytes(i)) for i in range(1000)), timeout=PATIENCE)
        assert (answer.messages, answer.total_bytes) == (1000, 499500), answer

    def row_server_stream(self):
        """server stream"""
        numbers = [a.messages for a in self.server_stream(self.Request(count=1000), timeout=PATIENCE)]
        assert numbers == list(range(1, 1001)), numbers[-3:]

    def row_bidi(self):
        """bidi"""
        answers = self.bidi((self.Request(payload=str(i).encode()) for i in range(1000)), timeout=PATIENCE)
        assert [a.payload for a in answers] == [str(i).encode() for i in range(1000)]

    def row_ping_pong(self):
        """bidi ping-pong"""
        go = threading.Semaphore(1)

        def requests():
            for i in range(100):  # the next request leaves only when the last answer has come
                assert go.acquire(timeout=PATIENCE)
                yield self.Request(payload=bytes([i]))

        for i, answer in enumerate(self.bidi(requests(), timeout=PATIENCE)):
            assert answer.payload == bytes([i])
            go.release()
        assert i == 99

    def row_empty(self):
        """empty messages"""
        assert self.unary(self.Request(), timeout=PATIENCE).payload == b""
        assert self.client_stream(iter(()), timeout=PATIENCE).messages == 0
        assert list(self.server_stream(self.Request(), timeout=PATIENCE)) == []
        assert list(self.bidi(iter(()), timeout=PATIENCE)) == []

    # metadata

    def row_metadata(self):
        """metadata"""
        _, call = self.unary.with_call(self.Request(), metadata=[("echo-a", "one"), ("echo-a", "two"), ("echo-b", "a, b ~!")], timeout=PATIENCE)
        got = [(k, v) for k, v in call.initial_metadata() if k.startswith("echo-")]
        # Entries of one name may come as one, joined by a comma (gRPC over HTTP/2, "Custom-Metadata").
        assert ",".join(v for k, v in got if k == "echo-a") == "one,two" and ("echo-b", "a, b ~!") in got, got

    def row_binary_metadata(self):
        """binary metadata"""
        sent = [("echo-1-bin", bytes(range(256))), ("echo-2-bin", b"\0")]
        _, call = self.unary.with_call(self.Request(), metadata=sent, timeout=PATIENCE)
        got = [(k, v) for k, v in call.initial_metadata() if k.startswith("echo-")]
        assert sorted(got) == sent, got

    def row_trailers(self):
        """trailers"""
        _, call = self.unary.with_call(self.Request(), metadata=[("trail-a", "x"), ("trail-b-bin", b"\xfe")], timeout=PATIENCE)
        got = dict(call.trailing_metadata())
        assert (got.get("trail-a"), got.get("trail-b-bin")) == ("x", b"\xfe"), got

    def row_trailers_with_error(self):
        """trailers with an error"""
        error = self.refused(grpc.StatusCode.ABORTED, lambda: self.unary(self.Request(fail_code=10), metadata=[("trail-a", "x")], timeout=PATIENCE))
        assert dict(error.trailing_metadata()).get("trail-a") == "x"

    # errors

    def row_error_code(self):
        """error code"""
        for code in grpc.StatusCode:
            if code.value[0]:
                for call in (self.unary, self.server_stream):
                    self.refused(code, lambda: call(self.Request(fail_code=code.value[0], count=1), timeout=PATIENCE))

    def row_error_message(self):
        """error message in any script"""
        text = "100% façade — 笑顔 🙂\n\"quoted\""
        error = self.refused(grpc.StatusCode.NOT_FOUND, lambda: self.unary(self.Request(fail_code=5, fail_message=text), timeout=PATIENCE))
        assert error.details() == text, error.details()

    def row_error_details(self):
        """error details"""
        error = self.refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.unary(self.Request(fail_code=3, fail_field="a.b"), timeout=PATIENCE))
        status = self.message("google.rpc.Status").FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        bad = self.message("google.rpc.BadRequest")()
        assert status.code == 3 and status.details[0].type_url == "type.googleapis.com/google.rpc.BadRequest"
        bad.ParseFromString(status.details[0].value)
        assert bad.field_violations[0].field == "a.b"

    def row_error_after(self):
        """error after messages"""
        answers, got = self.bidi(iter([self.Request(payload=b"a"), self.Request(fail_code=9)]), timeout=PATIENCE), []
        error = self.refused(grpc.StatusCode.FAILED_PRECONDITION, lambda: [got.append(a) for a in answers])
        assert len(got) == 1 and got[0].payload == b"a" and error

    def row_crash(self):
        """crash tells nothing"""
        error = self.refused(grpc.StatusCode.INTERNAL, lambda: self.unary(self.Request(crash=True), timeout=PATIENCE))
        assert "secret" not in error.details(), error.details()

    # time

    def row_deadline(self):
        """deadline passes"""
        began = time.monotonic()
        self.refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: self.unary(self.Request(wait_ms=60000), timeout=0.2))
        self.refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: self.server_stream(self.Request(wait_ms=60000, count=1), timeout=0.2))
        assert time.monotonic() - began < PATIENCE

    def row_deadline_told(self):
        """deadline is told"""
        told = self.unary(self.Request(), timeout=100).deadline_ms
        assert 0 < told <= 105_000, told  # grpcio rounds long timeouts up, to save header bytes
        assert self.unary(self.Request()).deadline_ms == 0

    def row_cancel(self):
        """cancel"""
        call = self.server_stream(self.Request(count=1_000_000), timeout=PATIENCE)
        assert next(call).messages == 1
        call.cancel()
        self.refused(grpc.StatusCode.CANCELLED, lambda: call)

    def row_cancel_reaches(self):
        """cancel reaches the server"""
        before = self.unary(self.Request(), timeout=PATIENCE).cancelled
        call = self.unary.future(self.Request(wait_ms=60000))
        time.sleep(0.2)
        call.cancel()
        self.until(lambda: self.unary(self.Request(), timeout=PATIENCE).cancelled > before)

    def until(self, condition):
        limit = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < limit
            time.sleep(0.02)

    # sizes

    def row_large(self):
        """large message"""
        payload = bytes(i % 251 for i in range(LIMIT - 100))
        assert self.unary(self.Request(payload=payload), timeout=PATIENCE).payload == payload
        assert len(self.unary(self.Request(size=3 * LIMIT), timeout=PATIENCE).payload) == 3 * LIMIT

    def row_over_limit(self):
        """message over the limit"""
        for request in (self.Request(payload=bytes(LIMIT + 1)), self.Request(payload=bytes(8 * LIMIT))):
            self.refused(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.unary(request, timeout=PATIENCE))
            self.refused(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.client_stream(iter([request]), timeout=PATIENCE))

    def row_after_refusal(self):
        """after a refusal"""
        pings = self.bidi(self.slowly(), timeout=PATIENCE)
        assert next(pings).payload == b"0"
        self.refused(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.unary(self.Request(payload=bytes(2 * LIMIT)), timeout=PATIENCE))
        assert [a.payload for a in pings] == [b"1", b"2"]

    def slowly(self):
        for i in range(3):
            yield self.Request(payload=str(i).encode())
            time.sleep(0.2)

    # compression

    def row_gzip_request(self):
        """gzip request"""
        answer = self.unary(self.Request(payload=bytes(100_000)), compression=grpc.Compression.Gzip, timeout=PATIENCE)
        assert answer.payload == bytes(100_000) and answer.encoding == "gzip" and "gzip" in answer.accept_encoding, answer.encoding

    def row_gzip_answer(self):
        """gzip answer"""
        # That it is compressed on the wire, which grpcio does not tell, is a row of grpc_hostile.js.
        assert self.unary(self.Request(size=100_000, compress=True), timeout=PATIENCE).payload == bytes(100_000)

    def row_gzip_stream(self):
        """gzip stream"""
        requests = (self.Request(payload=bytes([i]) * 1000, compress=True) for i in range(100))
        answers = list(self.bidi(requests, compression=grpc.Compression.Gzip, timeout=PATIENCE))
        assert [a.payload for a in answers] == [bytes([i]) * 1000 for i in range(100)]

    # what is not there

    def row_unknown_method(self):
        """unknown method"""
        self.refused(grpc.StatusCode.UNIMPLEMENTED, lambda: self.call(SERVICE + "Nothing")[0](self.Request(), timeout=PATIENCE))

    def row_unknown_service(self):
        """unknown service"""
        self.refused(grpc.StatusCode.UNIMPLEMENTED, lambda: self.call("/no.such.Service/Unary")[0](self.Request(), timeout=PATIENCE))

    # many

    def row_100(self):
        """100 streams at once"""
        count, ready, results = 100, threading.Barrier(101, timeout=PATIENCE), []

        def run(number):
            def requests():
                yield self.Request(payload=b"first")
                ready.wait()  # every stream is open and answered before any goes on
                yield self.Request(payload=str(number).encode())

            answers = self.bidi(requests(), timeout=2 * PATIENCE)
            results.append(number if [a.payload for a in answers] == [b"first", str(number).encode()] else None)

        threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        ready.wait()
        for thread in threads:
            thread.join()
        assert sorted(results) == list(range(count))

    # health and reflection

    def row_health(self):
        """health"""
        check, request = self.call("/grpc.health.v1.Health/Check", "HealthCheckRequest", "HealthCheckResponse", package="grpc.health.v1")
        for service in ("", "liveavatar.v1.SessionService"):
            assert check(request(service=service), timeout=PATIENCE).status == 1, service  # SERVING
        self.refused(grpc.StatusCode.NOT_FOUND, lambda: check(request(service="nobody"), timeout=PATIENCE))

    def row_health_watch(self):
        """health watch"""
        watch, request = self.call("/grpc.health.v1.Health/Watch", "HealthCheckRequest", "HealthCheckResponse", "unary_stream", "grpc.health.v1")
        for service, status in (("", 1), ("nobody", 3)):  # SERVING, SERVICE_UNKNOWN
            call = watch(request(service=service), timeout=PATIENCE)
            assert next(call).status == status
            call.cancel()

    def reflect(self, version):
        # The messages of v1 are those of v1alpha under another name: the same bytes.
        package = "grpc.reflection.v1alpha"
        info, request = self.call(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            "ServerReflectionRequest", "ServerReflectionResponse", "stream_stream", package)
        answers = list(info(iter([request(list_services=""), request(file_containing_symbol="liveavatar.v1.ControlService")]), timeout=PATIENCE))
        services = {service.name for service in answers[0].list_services_response.service}
        wanted = {f"liveavatar.v1.{name}Service" for name in ("Session", "Control", "Motion", "Avatar")} | {"grpc.health.v1.Health"}
        assert wanted <= services, services
        files = [descriptor_pb2.FileDescriptorProto.FromString(f) for f in answers[1].file_descriptor_response.file_descriptor_proto]
        assert any(file.name == "liveavatar/v1/control.proto" for file in files), [file.name for file in files]

    def row_reflection_v1(self):
        """reflection v1"""
        self.reflect("v1")

    def row_reflection_v1alpha(self):
        """reflection v1alpha"""
        self.reflect("v1alpha")


if __name__ == "__main__":
    Table(sys.argv[1].split("//")[1], messages(sys.argv[3])).run()
