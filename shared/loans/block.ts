/** The part of a space's time that a booking keeps others out of: `[fromMs, blockToMs)`, epoch ms, the gap included. */
export interface Block {
  readonly fromMs: number
  readonly blockToMs: number
}

/** A block of one space. A booking of a combined space has one for each space that it occupies. */
export interface SpaceBlock extends Block {
  readonly spaceId: string
}

/** What a loan covers of its space: `[fromMs, toMs)`, epoch ms. */
export interface LentInterval {
  readonly spaceId: string
  readonly fromMs: number
  readonly toMs: number
}

/** Tells whether two blocks share an instant; blocks that only touch do not. */
export function blocksMeet(a: Block, b: Block): boolean {
  return a.fromMs < b.blockToMs && b.fromMs < a.blockToMs
}

/** Tells whether two blocks are the same. */
export function sameBlock(a: Block, b: Block): boolean {
  return a.fromMs === b.fromMs && a.blockToMs === b.blockToMs
}

/** Tells whether a block lies wholly inside what a loan covers (ARCHITECTURE §2); of which space is not asked. */
export function blockInside(block: Block, loan: Omit<LentInterval, 'spaceId'>): boolean {
  return loan.fromMs <= block.fromMs && block.blockToMs <= loan.toMs && block.fromMs < block.blockToMs
}

/** Tells whether a block of a space meets what a loan covers. */
export function blockTouches(block: SpaceBlock, loan: LentInterval): boolean {
  return block.spaceId === loan.spaceId && blocksMeet(block, { fromMs: loan.fromMs, blockToMs: loan.toMs })
}

/** The place of a directory row. */
export interface Position {
  readonly epoch: number
  readonly rev: number
}

/** Tells whether a place is the other one or behind it: `(epoch, rev)` in this order. */
export function isAtOrBefore(a: Position, b: Position): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.rev <= b.rev)
}
