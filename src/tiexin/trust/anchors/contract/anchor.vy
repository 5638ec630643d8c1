# pragma version 0.4.3
# pragma evm-version shanghai
# pragma experimental-codegen

# @title    The head of a transparency log, kept where the log's operator cannot rewind it
# @license  Apache-2.0
# @notice   Every later head must be proved, here on the chain, to contain the one before it (RFC 6962 section 2.1.2,
#           checked as in RFC 9162 section 2.1.4.2). A fork or a shrunk log reverts, whoever sends it.
# @dev      One storage slot holds keccak256(operator, size, root) instead of three slots in clear: writing a second
#           slot would cost 5,000 gas an anchor, and the proof alone makes the old root known again. Who wants to read
#           the head takes the newest Anchored event and may ask is_head whether it still stands.

event Anchored:
    size: uint256
    root: bytes32

event HandedOver:
    operator: indexed(address)

# The root of the empty tree: SHA-256 of nothing.
EMPTY_ROOT: constant(bytes32) = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# Masks that count the ones of a 64-bit number: 0x5555…, 0x3333…, 0x0f0f…, 0x0101….
PAIRS: constant(uint256) = 6148914691236517205
FOURS: constant(uint256) = 3689348814741910323
EIGHTS: constant(uint256) = 1085102592571150095
BYTES: constant(uint256) = 72340172838076673

# keccak256(operator, size, root) of the present head.
head: public(bytes32)


@deploy
def __init__(operator: address):
    """
    @param operator  the account that may anchor; everybody else may only read
    """
    assert operator != empty(address), "operator"
    self.head = keccak256(abi_encode(operator, empty(uint256), EMPTY_ROOT))
    log HandedOver(operator=operator)


@external
def anchor(first: uint256, size: uint256, root: bytes32, seed: bytes32, path: DynArray[bytes32, 64]):
    """
    @notice Move the head from the tree of `first` entries to the larger one of `size` entries with this `root`.
    @param seed  where the proof begins: the old root if `first` is a power of two, else the proof's first hash.
                 Ignored, as `path` is, while the log is empty.
    @param path  the rest of the consistency proof
    """
    assert first < size, "size"
    assert size >> 63 == 0, "size"
    old: bytes32 = EMPTY_ROOT
    if first != 0:
        # The proof starts at the largest complete subtree that ends the old tree; below it both trees are alike.
        low: uint256 = first & unsafe_sub(0, first)
        both: uint256 = unsafe_sub(unsafe_div(first, low), 1)
        # Set each bit up to the highest one in which the ways to the last entries differ. Where the ways have met, only
        # left neighbours are left, and they belong to both trees.
        apart: uint256 = both ^ unsafe_div(unsafe_sub(size, 1), low)
        apart = apart | (apart >> 1)
        apart = apart | (apart >> 2)
        apart = apart | (apart >> 4)
        apart = apart | (apart >> 8)
        apart = apart | (apart >> 16)
        apart = apart | (apart >> 32)
        # So many hashes the proof must have: one a level below the meeting, one a left neighbour above it.
        ones: uint256 = both | apart
        ones = unsafe_sub(ones, (ones >> 1) & PAIRS)
        ones = unsafe_add(ones & FOURS, (ones >> 2) & FOURS)
        ones = unsafe_add(ones, ones >> 4) & EIGHTS
        ones = (unsafe_mul(ones, BYTES) >> 56) & 255
        assert len(path) == ones, "proof length"
        both = both | ~apart
        old = seed
        new: bytes32 = seed
        for node: bytes32 in path:
            if both & 1 != 0:
                old = sha256(concat(0x01, node, old))
                new = sha256(concat(0x01, node, new))
            else:
                new = sha256(concat(0x01, new, node))
            both = both >> 1
        assert new == root, "proof"
    assert self.head == keccak256(abi_encode(msg.sender, first, old)), "head"
    self.head = keccak256(abi_encode(msg.sender, size, root))
    log Anchored(size=size, root=root)


@external
def hand_over(size: uint256, root: bytes32, operator: address):
    """
    @notice Let another account anchor from now on; the head (`size` and `root` of the present one) stays as it is.
    """
    assert operator != empty(address), "operator"
    assert self.head == keccak256(abi_encode(msg.sender, size, root)), "head"
    self.head = keccak256(abi_encode(operator, size, root))
    log HandedOver(operator=operator)


@external
@view
def is_head(operator: address, size: uint256, root: bytes32) -> bool:
    """
    @notice Whether the log stands at this size and root, in the hands of this operator.
    """
    return self.head == keccak256(abi_encode(operator, size, root))
