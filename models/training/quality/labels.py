"""Labels of the held-out voices as perf/LiveAvatar.Quality reads them."""

from common.phones import LABIAL, PHONE, PHONES, VISEME_OF, VISEMES

# How far a vowel opens the mouth: 3 open, 2 middle, 1 close. Vowels between (OW, AX, ER, ...) are left out of the ranking.
HEIGHT = {PHONE[p]: h for h, names in ((3, "AA AE"), (2, "EH AH AO"), (1, "IY IH UW UH")) for p in names.split()}
VISEME_HEIGHT = {"aa": 3, "E": 2, "O": 2, "I": 1, "U": 1}
HEADER = "start_s\tend_s\tphone\tviseme\topenness\tclosed_start_s\tclosed_end_s"


def rows_of_segments(segments, offset=0.0):
    """Synthesizer segments [(start s, end s, phone index)] -> rows; the lips are together as common.mouth closes them."""
    rows = []
    for a, b, p in segments:
        closed = (a, max(a + LABIAL[p] * (b - a), a + .035)) if p in LABIAL else None
        viseme = "-" if p == PHONE["HH"] else VISEMES[VISEME_OF[p]]
        rows.append(row(a, b, PHONES[p], viseme, HEIGHT.get(p, 0), closed, offset))
    return shaped(rows)


def shaped(rows):
    """Rows whose sound has no shape of its own ("-": h, glottal stop) take that of the row after."""
    out = [r.split("\t") for r in rows]
    for k in reversed(range(len(out))):
        if out[k][3] == "-":
            out[k][3] = out[k + 1][3] if k + 1 < len(out) else "sil"
    return ["\t".join(r) for r in out]


def row(start, end, phone, viseme, openness, closed, offset):
    times = [f"{start + offset:.4f}", f"{end + offset:.4f}"]
    shut = [f"{t + offset:.4f}" for t in closed] if closed else ["", ""]
    return "\t".join(times + [phone, viseme, str(openness)] + shut)


def write(path, rows):
    path.write_text(HEADER + "\n" + "\n".join(rows) + "\n")
