package ledger

// SealMost is how many operations are taken at once.
const SealMost = sealMost

// SealUpTo is Seal with another limit.
var SealUpTo = seal
