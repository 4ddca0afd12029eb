using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LiveAvatar.Server.Tests.Conformance;

namespace LiveAvatar.Server.Tests.Rpc;

/// <summary>tests/interop/conformance.proto, served behind the same settings as the product's services.</summary>
internal sealed class ConformanceService : Conformance.Conformance.ConformanceBase
{
    // Of all calls of this process: the table of one client is run at a time, and only growth is asserted.
    private static int _cancelled;

    public override Task<Response> Unary(Request request, ServerCallContext context) => AnswerAsync(request, context);

    public override async Task<Response> ClientStream(IAsyncStreamReader<Request> requestStream, ServerCallContext context)
    {
        var sum = new Response();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await AnswerAsync(request, context);
            sum.Messages++;
            sum.TotalBytes += request.Payload.Length;
        }

        return sum;
    }

    public override async Task ServerStream(Request request, IServerStreamWriter<Response> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
        {
            var answer = await AnswerAsync(request, context);
            answer.Messages = i + 1;
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    public override async Task Bidi(IAsyncStreamReader<Request> requestStream, IServerStreamWriter<Response> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(await AnswerAsync(request, context), context.CancellationToken);
        }
    }

    private static async Task<Response> AnswerAsync(Request request, ServerCallContext context)
    {
        if (request.WaitMs > 0)
        {
            try
            {
                await Task.Delay(request.WaitMs, context.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
                throw;
            }
        }

        await EchoMetadataAsync(request, context);
        if (request.Crash)
        {
            throw new InvalidOperationException("secret of the server");
        }

        if (request.FailCode != 0)
        {
            throw Failure(request);
        }

        return new Response
        {
            Payload = request.Size > 0 ? ByteString.CopyFrom(new byte[request.Size]) : request.Payload,
            Messages = 1,
            TotalBytes = request.Payload.Length,
            AcceptEncoding = context.GetHttpContext().Request.Headers["grpc-accept-encoding"].ToString(),
            Encoding = context.GetHttpContext().Request.Headers["grpc-encoding"].ToString(),
            DeadlineMs = context.Deadline == DateTime.MaxValue ? 0 : Math.Max(1, (long)(context.Deadline - DateTime.UtcNow).TotalMilliseconds),
            Cancelled = Volatile.Read(ref _cancelled),
        };
    }

    /// <summary>Metadata named echo-… comes back as headers, trail-… as trailers.</summary>
    private static async Task EchoMetadataAsync(Request request, ServerCallContext context)
    {
        var headers = Pick(context, "echo-");
        if (request.Compress)
        {
            headers.Add("grpc-internal-encoding-request", "gzip"); // gRPC's own way of compressing one call's answers
        }

        if (headers.Count > 0 && !context.GetHttpContext().Response.HasStarted)
        {
            await context.WriteResponseHeadersAsync(headers);
        }

        foreach (var entry in context.ResponseTrailers.Count == 0 ? Pick(context, "trail-") : [])
        {
            context.ResponseTrailers.Add(entry);
        }
    }

    private static Metadata Pick(ServerCallContext context, string prefix)
    {
        var picked = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            picked.Add(entry);
        }

        return picked;
    }

    private static RpcException Failure(Request request)
    {
        var status = new Google.Rpc.Status { Code = request.FailCode, Message = request.FailMessage };
        if (request.FailField.Length > 0)
        {
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = request.FailField, Description = "is wrong" } } }));
        }

        return status.ToRpcException();
    }
}
