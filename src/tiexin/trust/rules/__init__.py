"""Pure rules of the log: Merkle trees, signed notes, checkpoints, proofs, policies, leaves; no input or output."""
