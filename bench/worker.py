"""One contender in a process of its own: `worker.py <module> <calls> [<event file> ...]`.

With a number of calls it imports, calls so often and ends: that is what instructions are counted
of. With `serve` it reads lines `<event file> <calls>` and answers each with what they took.
Standard library only, and no package of ours: it must load nothing that its contender does not.
"""

import importlib
import json
import os
import sys
import tempfile
import time

CREATED = 201


class Context:
    """Lambda's context."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    function_name = "verify"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:verify"

    def get_remaining_time_in_millis(self):
        return 28_000


def call(handler, event):
    answer = handler(event, Context())
    if answer["statusCode"] != CREATED or json.loads(answer["body"])["decision"] != "live":
        sys.exit(f"a wrong answer: {answer}")


def serve(handler, out, log):
    events = {}
    for line in sys.stdin:
        path, count = line.split()
        if path not in events:
            with open(path) as file:
                events[path] = json.load(file)
        start = log.seek(0, os.SEEK_END)
        before = time.process_time()
        for _ in range(int(count)):
            call(handler, events[path])
        took = time.process_time() - before
        sys.stdout.flush()
        written = os.pread(log.fileno(), os.fstat(log.fileno()).st_size, start).decode()
        print(json.dumps({"cpu": took / int(count), "log": written}), file=out, flush=True)


def without_bytecode():
    from pathlib import Path

    specs = (getattr(module, "__spec__", None) for module in list(sys.modules.values()))
    return [spec.name for spec in specs if spec and spec.cached and not Path(spec.cached).exists()]


def peak(handler, event, out):
    import tracemalloc

    call(handler, event)
    if without_bytecode():
        sys.exit(f"without bytecode: {without_bytecode()}")
    tracemalloc.start()
    call(handler, event)
    print(json.dumps({"peak": tracemalloc.get_traced_memory()[1]}), file=out, flush=True)


def main():
    module, calls, *files = sys.argv[1:]
    event = None
    if files:
        # Always, so that it counts for no contender more than for another.
        with open(files[0]) as file:
            event = json.load(file)
    if module == "nothing":
        return
    # What it prints is kept apart from what this program answers.
    out, log = os.fdopen(os.dup(1), "w"), tempfile.TemporaryFile()
    os.dup2(log.fileno(), 1)
    handler = getattr(importlib.import_module(module), "handler", None)
    if "BENCH_BUILD" in os.environ and hasattr(handler, "_build"):
        handler._build()
    if calls == "serve":
        serve(handler, out, log)
    elif calls == "peak":
        peak(handler, event, out)
    else:
        for _ in range(int(calls)):
            call(handler, event)


main()
