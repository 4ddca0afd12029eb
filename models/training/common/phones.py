"""Phone inventory, and what each phone asks of the mouth.

The values follow the 15 viseme shapes of the MakeHuman head (least-squares fits onto its ARKit shapes), softened where a
viseme picture exaggerates. Dominance (how strongly and how far a phone imposes its shape) after Cohen and Massaro,
"Modeling coarticulation in synthetic visual speech", 1993.
"""

import numpy as np

# Controls of the speaking mouth, before closures; each stands for a channel or a left-right pair of channels.
CONTROLS = ("jawOpen jawForward mouthFunnel mouthPucker mouthStretch mouthDimple mouthSmile mouthRollLower "
            "mouthRollUpper mouthShrugUpper mouthPress mouthLowerDown mouthUpperUp tongueOut").split()
_SHORT = dict(jaw="jawOpen", fwd="jawForward", fun="mouthFunnel", puc="mouthPucker", stre="mouthStretch",
              dim="mouthDimple", smi="mouthSmile", rl="mouthRollLower", ru="mouthRollUpper", shu="mouthShrugUpper",
              pre="mouthPress", low="mouthLowerDown", upp="mouthUpperUp", ton="tongueOut")
# Groups that share a dominance function: jaw, rounding, spreading, lips, tongue.
GROUP = np.array([0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4])
GROUPS = 5


def _p(viseme, dominance, **shape):
    return viseme, dominance, shape


#            viseme  dominance of jaw, round, spread, lips, tongue; targets
_TABLE = {
    "sil": _p("sil", (1.0, 1.0, 1.0, 1.0, 1.0)),
    "P": _p("PP", (.60, .10, .10, .60, .5), jaw=.07, pre=.25, ru=.20, rl=.15),
    "B": _p("PP", (.60, .10, .10, .60, .5), jaw=.07, pre=.22, ru=.20, rl=.15),
    "M": _p("PP", (.60, .10, .10, .60, .5), jaw=.06, pre=.15, ru=.15, rl=.12),
    "F": _p("FF", (.80, .15, .30, 1.0, .5), jaw=.06, rl=.50, shu=.30, dim=.20, upp=.25),
    "V": _p("FF", (.75, .15, .30, 1.0, .5), jaw=.07, rl=.45, shu=.28, dim=.18, upp=.25),
    "TH": _p("TH", (.60, .20, .25, .70, 1.0), jaw=.13, low=.35, upp=.28, shu=.20, ton=.30),
    "DH": _p("TH", (.45, .15, .20, .55, .9), jaw=.14, low=.32, upp=.25, shu=.15, ton=.26),
    "T": _p("DD", (.50, .12, .20, .45, .6), jaw=.08, low=.34, upp=.24, ton=.03),
    "D": _p("DD", (.45, .12, .20, .45, .6), jaw=.10, low=.34, upp=.24, ton=.03),
    "K": _p("kk", (.35, .10, .15, .25, .4), jaw=.14, dim=.12, low=.22, upp=.16),
    "G": _p("kk", (.35, .10, .15, .25, .4), jaw=.15, dim=.12, low=.22, upp=.16),
    "NG": _p("kk", (.35, .10, .15, .25, .4), jaw=.14, dim=.10, low=.20, upp=.14),
    "CH": _p("CH", (.90, .95, .60, .80, .6), jaw=.07, fun=.48, puc=.25, low=.34, upp=.20),
    "JH": _p("CH", (.85, .90, .60, .80, .6), jaw=.08, fun=.45, puc=.25, low=.34, upp=.20),
    "SH": _p("CH", (.90, .95, .60, .80, .6), jaw=.06, fun=.50, puc=.28, low=.34, upp=.20),
    "ZH": _p("CH", (.85, .90, .60, .80, .6), jaw=.07, fun=.46, puc=.25, low=.34, upp=.20),
    "S": _p("SS", (.95, .25, .50, .80, .6), jaw=.03, stre=.18, dim=.14, smi=.10, low=.50, upp=.20),
    "Z": _p("SS", (.90, .25, .45, .75, .6), jaw=.04, stre=.16, dim=.12, smi=.10, low=.48, upp=.20),
    "N": _p("nn", (.45, .12, .20, .40, .7), jaw=.11, low=.30, upp=.22, ton=.06),
    "L": _p("nn", (.50, .12, .20, .45, .9), jaw=.18, low=.30, upp=.24, ton=.10),
    "R": _p("RR", (.50, .75, .30, .50, .5), jaw=.11, puc=.32, fun=.24, low=.20, upp=.20),
    "ER": _p("RR", (.70, .75, .30, .50, .5), jaw=.17, puc=.24, fun=.26, low=.20, upp=.18),
    "W": _p("U", (.70, 1.0, .90, .60, .5), jaw=.05, puc=.82, fun=.14),
    "Y": _p("I", (.50, .30, .60, .40, .5), jaw=.09, stre=.30, dim=.25, smi=.10, low=.28, upp=.18),
    "HH": _p("-", (.20, .05, .05, .10, .2), jaw=.18, low=.15, upp=.12),
    "AA": _p("aa", (1.0, .70, .60, .80, .7), jaw=.50, fwd=.08, low=.22, upp=.28),
    "AE": _p("aa", (1.0, .70, .70, .80, .7), jaw=.46, stre=.24, dim=.12, smi=.10, low=.38, upp=.34),
    "AH": _p("aa", (.85, .50, .50, .60, .6), jaw=.33, low=.26, upp=.24),
    "AX": _p("E", (.45, .20, .20, .35, .4), jaw=.19, low=.22, upp=.15),
    "AO": _p("O", (1.0, .95, .80, .70, .7), jaw=.37, fun=.42, puc=.32, low=.12, upp=.10),
    "OW": _p("O", (.90, .95, .80, .65, .7), jaw=.26, fun=.38, puc=.48, low=.08, upp=.08),
    "EH": _p("E", (.90, .65, .65, .75, .7), jaw=.31, stre=.20, dim=.18, smi=.08, low=.34, upp=.30),
    "IH": _p("I", (.70, .50, .55, .60, .6), jaw=.18, stre=.22, dim=.18, smi=.08, low=.30, upp=.22),
    "IY": _p("I", (.80, .80, .85, .70, .7), jaw=.11, stre=.38, dim=.30, smi=.14, low=.36, upp=.22),
    "UH": _p("U", (.70, .85, .60, .50, .6), jaw=.19, fun=.32, puc=.40, low=.10, upp=.08),
    "UW": _p("U", (.80, 1.0, .90, .60, .6), jaw=.10, puc=.82, fun=.18),
}
PHONES = list(_TABLE)
PHONE = {name: i for i, name in enumerate(PHONES)}
VISEMES = "sil PP FF TH DD kk CH SS nn RR aa E I O U".split()
VISEME = {name: i for i, name in enumerate(VISEMES)}
VISEME_OF = np.array([VISEME.get(_TABLE[p][0], VISEME["E"]) for p in PHONES])
DOMINANCE = np.array([_TABLE[p][1] for p in PHONES], np.float32)
TARGET = np.zeros((len(PHONES), len(CONTROLS)), np.float32)
for _i, _name in enumerate(PHONES):
    for _key, _value in _TABLE[_name][2].items():
        TARGET[_i, CONTROLS.index(_SHORT[_key])] = _value
VOWELS = [PHONE[p] for p in "AA AE AH AX AO OW EH IH IY UH UW ER".split()]
LABIAL = {PHONE["P"]: 0.60, PHONE["B"]: 0.75, PHONE["M"]: 0.95}  # part of the segment with the lips together
LABIODENTAL = (PHONE["F"], PHONE["V"])

# Two-part vowels, as the first and second half of the segment.
DIPHTHONG = {"AY": ("AA", "IH"), "AW": ("AE", "UH"), "OY": ("AO", "IH"), "EY": ("EH", "IY"), "OW": ("OW", "UH")}
