"""gRPC over a Unix socket in Python. `grpc_peer.py serve SOCKET`; `grpc_peer.py call SOCKET add|classify COUNT` prints nanoseconds, a line a call.

The messages are those of service.proto, compiled by grpcio-tools into a temporary folder.
"""

import os
import sys
import tempfile
from concurrent import futures
from time import perf_counter_ns as now

import grpc
from grpc_tools import protoc

here = os.path.dirname(os.path.abspath(__file__))
with tempfile.TemporaryDirectory() as folder:
    protoc.main(["", f"-I{here}", f"--python_out={folder}", f"--grpc_python_out={folder}", f"{here}/service.proto"])
    sys.path.insert(0, folder)
    import service_pb2
    import service_pb2_grpc


class Peer(service_pb2_grpc.PeerServicer):
    def Add(self, request, context):
        return service_pb2.AddReply(sum=request.a + request.b)

    def Classify(self, request, context):
        score = len(request.text) * request.k * request.threshold
        return service_pb2.ClassifyReply(score=score if request.flag else -score)


def serve(socket):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
    service_pb2_grpc.add_PeerServicer_to_server(Peer(), server)
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


def call(socket, function, count):
    with grpc.insecure_channel(f"unix:{socket}") as channel:
        peer = service_pb2_grpc.PeerStub(channel)
        took = [0] * count
        for i in range(count):
            start = now()
            if function == "add":
                answer = peer.Add(service_pb2.AddRequest(a=2, b=3)).sum
            else:
                answer = peer.Classify(service_pb2.ClassifyRequest(text="some text", k=3, threshold=0.5, flag=True)).score
            took[i] = now() - start
            assert answer == (5 if function == "add" else 13.5)
    print("\n".join(map(str, took)))


if sys.argv[1] == "serve":
    serve(sys.argv[2])
else:
    call(sys.argv[2], sys.argv[3], int(sys.argv[4]))
