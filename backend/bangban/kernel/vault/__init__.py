"""Keys and sealed data: the master key, each district's data key, sealing, look-up hashes (DESIGN 7)."""

from bangban.kernel.vault.data_keys import DATA_KEY_BYTES, new_data_key, rewrap_data_keys
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.key_file import load_ring, make_file, read_file, retire_previous, rotate_file
from bangban.kernel.vault.keyring import KeyRing, MasterKey
from bangban.kernel.vault.problems import (
    KeyFileExists,
    MasterKeyDamaged,
    MasterKeyExposed,
    MasterKeyMissing,
    MasterKeyUnwritable,
    MasterKeyWrong,
    SealBroken,
    StartProblem,
)

__all__ = [
    "DATA_KEY_BYTES",
    "DistrictVault",
    "KeyFileExists",
    "KeyRing",
    "MasterKey",
    "MasterKeyDamaged",
    "MasterKeyExposed",
    "MasterKeyMissing",
    "MasterKeyUnwritable",
    "MasterKeyWrong",
    "SealBroken",
    "StartProblem",
    "load_ring",
    "make_file",
    "new_data_key",
    "read_file",
    "retire_previous",
    "rewrap_data_keys",
    "rotate_file",
]
