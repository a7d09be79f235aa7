"""Faults of the HTTP exchange with the liveness API: what is sent, when, and what is read."""

from typing import Final

from mutants import killers
from mutants.seeded_fault import SeededFault

FAULTS: Final = (
    SeededFault(
        "I3", "what the kernel holds goes on arriving", "Connection.__exit__",
        "_discard(self._socket)",
        "self._socket.close()",
        killers.OUTGOING,
    ),
    SeededFault(
        "I3", "a name that was found too late is connected to", "connection.look_up",
        "answer.put(resolve(host, port, 0, socket.SOCK_STREAM))",
        """
        found = resolve(host, port, 0, socket.SOCK_STREAM)
        answer.put(found)
        socket.create_connection(found[0][4])
        """,
        killers.OUTGOING,
    ),
    SeededFault(
        "I3", "a connection that is given up is made later", "connection._connected",
        "_discard(opened)",
        "_lost = globals().setdefault('_LOST', []); _lost.append(opened)",
        killers.OUTGOING,
    ),
    SeededFault(
        "I3", "a body may begin after the deadline", "_Exchange._send",
        "connection.deadline.left()",
        "pass",
        killers.OUTGOING,
    ),
    SeededFault(
        "I3", "the headers count as part of the selfie", "_Exchange._send",
        "self.sent or of_body",
        "True",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "a success for half a selfie is an answer", "_Exchange.run",
        "if not whole: ...",
        "if False: ...",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "an answer may be cut in a chunk", "framing._exactly",
        "raise AnswerLostError('answer_cut')",
        "return",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "a chunk may be longer than its size", "framing._chunks",
        "if _whole_line(incoming) not in ...: ...",
        "pass",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "the first of two lengths counts", "framing._length",
        "len(lengths) > 1",
        "False",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "a length beside chunks may be another answer's", "response.read_success",
        "framing.length not in (None, len(coded), len(body))",
        "False",
        killers.OUTGOING,
    ),
    SeededFault(
        "I10", "a compressed answer may be cut", "codings._inflate",
        "raise zlib.error('it is cut')",
        "return bytes(result)",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "upstream may take its time", "Deadline.left",
        "left <= 0",
        "False",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "the body of a refusal may take its time", "_Exchange.run",
        "connection.deadline.at_most(self._refusal_seconds)",
        "connection.deadline",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "a refusal is not heard before everything was sent", "_Exchange._refused",
        "incoming.look()",
        "return False",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "an answer may have any size", "response.read_success",
        "if len(coded) > MAXIMUM_ANSWER: ...",
        "if False: ...",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "an answer may have any size after decoding", "codings._inflate",
        "most + 1 - len(result)",
        "0",
        killers.OUTGOING,
    ),
    SeededFault(
        "I13", "headers may have any size", "Incoming._take",
        "self._left < 0",
        "False",
        killers.OUTGOING,
    ),
)  # fmt: skip
