"""The people: two shipped avatars and the training-only identities. None is modelled on a real person."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """What a person is made of; names are files of the MakeHuman kit, colours are linear RGB multipliers."""
    sex: str
    race: dict
    old: float
    skin: str
    hair: str
    hair_colour: tuple
    eye: str
    brow: str
    lash: str
    cloth: str
    cloth_colour: tuple = (1.0, 1.0, 1.0)
    skin_gain: float = 1.0
    backdrop: int = 0
    detail: dict = field(default_factory=dict)
    resting: dict = field(default_factory=lambda: {"mouthSmileLeft": .12, "mouthSmileRight": .12, "mouthClose": .05})


LOOKS = {
    "mara": Look(
        "female", dict(caucasian=.70, asian=.18, african=.12), .05, "young_lightskinned_female3", "long01", (.23, .125, .07),
        "brown", "eyebrow001", "eyelashes01", "male_elegantsuit01", (.9, 1.1, 1.6), 1.0, 0,
        {"head/head-oval": .35, "head/head-fat-decr": .10, "chin/chin-triangle": .15,
         "eyes/l-eye-scale-incr": .14, "eyes/r-eye-scale-incr": .14, "mouth/mouth-upperlip-volume-incr": .2,
         "mouth/mouth-lowerlip-volume-incr": .25, "nose/nose-scale-horiz-decr": .2, "cheek/l-cheek-bones-incr": .2,
         "cheek/r-cheek-bones-incr": .2, "neck/neck-scale-horiz-decr": .1, "forehead/forehead-scale-vert-decr": .35,
         "eyebrows/eyebrows-angle-up": .4}),
    "jonas": Look(
        "male", dict(caucasian=.55, asian=.15, african=.30), .12, "young_lightskinned_male2", "short02", (.12, .075, .05),
        "green", "eyebrow001", "eyelashes01", "male_casualsuit05", (1, 1, 1), .92, 1,
        {"head/head-rectangular": .15, "chin/chin-width-incr": .2, "mouth/mouth-scale-horiz-incr": .1,
         "nose/nose-hump-incr": .1, "forehead/forehead-scale-vert-decr": .25}),
    "train1": Look(
        "female", dict(caucasian=.15, asian=.80, african=.05), .10, "community_young_eurasian_female", "bob02", (.05, .04, .04),
        "brown", "eyebrow005", "eyelashes02", "female_elegantsuit01", (1, 1, 1), 1.0, 2, {"head/head-round": .3}),
    "train2": Look(
        "male", dict(caucasian=.05, asian=.05, african=.90), .20, "young_darkskinned_male", "short01", (.05, .035, .03),
        "brown", "eyebrow001", "eyelashes01", "male_worksuit01", (.7, .7, .7), 1.1, 3, {"chin/chin-width-incr": .2}),
    "train3": Look(
        "female", dict(caucasian=.9, asian=.05, african=.05), .35, "middleage_lightskinned_female2", "long01", (.75, .5, .27),
        "blue", "eyebrow003", "eyelashes03", "female_casualsuit01", (1, 1, 1), 1.0, 1, {"head/head-oval": .5}),
    "train4": Look(
        "male", dict(caucasian=.8, asian=.1, african=.1), .45, "middleage_lightskinned_male", "short03", (.3, .25, .2),
        "grey", "eyebrow010", "eyelashes01", "male_casualsuit04", (.6, .6, .6), .95, 2, {"head/head-square": .3}),
}
SHIPPED = ("mara", "jonas")
DISPLAY = {"mara": "Mara", "jonas": "Jonas"}
