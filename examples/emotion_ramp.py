#!/usr/bin/env python3
"""Ramps emotions through a call while it runs, and says when each was on the screen.

usage: emotion_ramp.py SESSION SECRET [--server localhost:8081] [--hold 2] [EMOTION=STRENGTH ...]

SESSION and SECRET are the last two parts of the call's WHIP Location (/whip/SESSION/SECRET); the studio shows both under
"For programs". Without emotions it goes through all the presenter has. Needs grpcio and code made from proto/ once:

    python3 -m pip install grpcio grpcio-tools            # Debian: apt-get install python3-grpcio python3-grpc-tools
    python3 -m grpc_tools.protoc -Iproto --python_out=examples --grpc_python_out=examples proto/liveavatar/v1/*.proto
"""

import argparse
import queue
import sys

import grpc
from google.protobuf import duration_pb2, empty_pb2

try:
    from liveavatar.v1 import avatar_pb2, avatar_pb2_grpc, control_pb2, control_pb2_grpc
except ImportError:
    sys.exit(__doc__)

RAMP = 0.8  # seconds


def seconds(value):
    return duration_pb2.Duration(seconds=int(value), nanos=round(value % 1 * 1e9))


def steps(channel, wanted):
    """The commands: each emotion in turn, and back to neutral."""
    if wanted:
        emotions = [(name, float(strength)) for name, _, strength in (word.partition("=") for word in wanted)]
    else:
        emotions = [(name, 0.8) for name in avatar_pb2_grpc.AvatarServiceStub(channel).List(avatar_pb2.ListAvatarsRequest()).emotions]
    ramp = control_pb2.Ramp(duration=seconds(RAMP))
    for name, strength in emotions:
        yield f"{name} {strength:g}", control_pb2.Command(emotion=control_pb2.Emotion(named={name: strength}), ramp=ramp)
    yield "neutral", control_pb2.Command(neutral=empty_pb2.Empty(), ramp=ramp)


def run(args):
    with grpc.insecure_channel(args.server) as channel:
        todo = queue.SimpleQueue()  # what the stream sends next; None ends it
        stream = control_pb2_grpc.ControlServiceStub(channel).Steer(
            iter(todo.get, None), metadata=[("authorization", f"Bearer {args.secret}")])
        media_time = None
        for number, (name, command) in enumerate(steps(channel, args.emotions), 1):
            if media_time is not None:
                # In step with the call's own time, not with this machine's: a timed command takes effect to the frame.
                command.at.CopyFrom(seconds(media_time + RAMP + args.hold))
            todo.put(control_pb2.SteerRequest(session=args.session, id=number, command=command))
            answer = next(stream)
            if answer.HasField("error"):
                sys.exit(f"{name}: {answer.error.message}")
            media_time = answer.effect.media_time.ToTimedelta().total_seconds()
            print(f"{name:16} from frame {answer.effect.frame} ({media_time:.2f} s)", flush=True)
        todo.put(None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("session")
    parser.add_argument("secret")
    parser.add_argument("emotions", nargs="*", metavar="EMOTION=STRENGTH")
    parser.add_argument("--server", default="localhost:8081")
    parser.add_argument("--hold", type=float, default=2, help="seconds between the end of a ramp and the next")
    try:
        run(parser.parse_args())
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
