"""Properties of the context encoder that hold whatever its weights are: python3 -m motion.check (seconds, no data)."""

import numpy as np
import torch

from common import affect, teacher
from common.idle import urged
from common.motion import ARKIT, EMOTIONS, MOUTH, NOISE, UPPER, lip_aperture
from motion.closures import CLOSED
from motion.context import ContextEncoder
from motion.nets import POSE, NoiseGenerator

FRAMES, SIZE, BATCH = 60, 24, 3


def random_inputs(seed, loud=1.0):
    g = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.randn(*shape, generator=g)
    return [loud * draw(BATCH, 2 * FRAMES, SIZE), torch.rand(BATCH, FRAMES, len(EMOTIONS), generator=g), .5 * draw(BATCH, FRAMES, POSE),
            torch.rand(BATCH, FRAMES, 1, generator=g), draw(BATCH, FRAMES, NOISE)]


def encoder(seed=0):
    torch.manual_seed(seed)
    return ContextEncoder(SIZE).eval()


def twins_agree():
    """What the graph computes of emotion and noise is what the teacher computes."""
    rng = np.random.default_rng(1)
    asked = np.stack([affect.random_emotion(rng, FRAMES) for _ in range(BATCH)])
    shown, _ = encoder().feeling(torch.from_numpy(asked), torch.zeros(BATCH, 2, len(EMOTIONS)))
    assert np.allclose(shown.numpy(), affect.felt(asked), atol=1e-6)
    noise, end = rng.standard_normal((BATCH, FRAMES, NOISE)).astype(np.float32), rng.random((BATCH, FRAMES)).astype(np.float32)
    assert np.allclose(NoiseGenerator.urged(torch.from_numpy(noise), torch.from_numpy(end[..., None])).numpy(), urged(noise, end), atol=1e-5)
    stress = rng.random((BATCH, FRAMES)).astype(np.float32)
    gate, speaks = encoder().gate, np.ones((BATCH, FRAMES), np.float32)
    speaks[:, 20:35] = 0
    signals = gate(torch.from_numpy(40 * speaks - 20)[..., None], torch.from_numpy(stress)[..., None], torch.zeros(BATCH, gate.STATE))[2]
    held = speaks.copy()
    held[:, 20:24] = 1  # the graph waits before it believes that speech has ended
    assert np.allclose(signals.numpy(), teacher.voice_signals(held, stress * held), atol=1e-5)


def streaming_is_offline():
    model, inputs = encoder(), random_inputs(2)
    whole = model(*inputs, *model.initial_state(BATCH).values())[:3]
    state, calls = list(model.initial_state(BATCH).values()), []
    for n in range(FRAMES):
        *y, = model.step(inputs[0][:, 2 * n:2 * n + 2], *(x[:, n] for x in inputs[1:]), *state)
        calls.append(y[:3])
        state = y[3:]
    for k in range(3):
        assert torch.allclose(torch.stack([c[k] for c in calls], 1), whole[k], atol=1e-4)


def lips_obey_the_decision():
    """Any mouth, any emotion: decided lips meet, and a voice that closes nothing keeps them apart."""
    lips, g = encoder().lips, torch.Generator().manual_seed(3)
    n = 4000
    change = torch.randn(1, n, len(MOUTH), generator=g) * .4
    emotion = torch.rand(1, n, len(EMOTIONS), generator=g) * (torch.rand(1, n, len(EMOTIONS), generator=g) < .3)
    decided = (torch.rand(1, n, 1, generator=g) < .5).float()
    far = torch.maximum(decided, torch.rand(1, n, 1, generator=g) * .5)
    one = torch.ones(1, n, 1)
    mouth = lips.mouth(change, emotion, one, one, decided, far)[0]
    gap = (mouth @ lips.gap).numpy()
    shut = decided[0, :, 0].numpy() > 0
    assert (gap[shut] < CLOSED).all() and (gap[~shut] > CLOSED).all(), (gap[shut].max(), gap[~shut].min())
    assert mouth.min() >= 0 and mouth.max() <= 1


def silence_is_still():
    """Without speech the mouth depends on the emotion alone, whatever is heard; it is shut when neutral."""
    model = encoder()
    model.gate.limits.fill_(2.0)  # never
    inputs = random_inputs(4, loud=3.0)
    inputs[1] = inputs[1] * 0
    mouth = model(*inputs, *model.initial_state(BATCH).values())[2][..., MOUTH]
    assert (mouth - mouth[:1, :1]).abs().max() == 0
    assert abs(float(lip_aperture(np.pad(np.zeros(len(ARKIT), np.float32), (0, POSE))))) == 0
    assert float((mouth @ model.lips.gap).abs().max()) < 1e-6


def voice_leaves_the_upper_face():
    """With the same expression, two voices that both speak without stress give the same upper face."""
    model = encoder()
    model.gate.limits.fill_(-1.0)  # always
    torch.nn.init.zeros_(model.voice.curves.weight)
    a, b = random_inputs(5), random_inputs(6)
    b[1:] = a[1:]
    first, second = (model(*x, *model.initial_state(BATCH).values())[2] for x in (a, b))
    assert (first[..., UPPER] - second[..., UPPER]).abs().max() < 1e-6
    assert (first[..., MOUTH] - second[..., MOUTH]).abs().max() > 1e-3


def main():
    torch.set_num_threads(1)
    with torch.no_grad():
        for check in (twins_agree, streaming_is_offline, lips_obey_the_decision, silence_is_still, voice_leaves_the_upper_face):
            check()
            print("ok:", check.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
