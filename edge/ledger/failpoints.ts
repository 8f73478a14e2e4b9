/** Numbered places where a crash is tested; a test or the demo stops the process there, a real site never. */
export const failpointNames = [
  /** 1: a command was decided, nothing is written yet. */
  'command.decided',
  /** 2: its entries are in the open transaction. */
  'entries.appended',
  /** 3: the whole batch is in the open transaction. */
  'commit.before',
  /** 4: the batch is durable, nothing was done about it. */
  'commit.after',
  /** 5: effects were started, nobody was answered. */
  'answer.before',
  /** 6: an effect is about to be carried out. */
  'effect.before',
  /** 7: an effect was carried out, its outcome is not recorded. */
  'effect.after',
  /** 8: entries are about to be sent. */
  'upload.before',
  /** 9: the cloud has answered, its head is not stored. */
  'upload.after',
  /** 10: directory rows are about to be applied. */
  'directory.before_commit',
  /** 11: directory rows are durable, memory still has to follow. */
  'directory.after_commit',
] as const
export type FailpointName = (typeof failpointNames)[number]

/** Called when the process reaches a failpoint. */
export type Failpoint = (name: FailpointName) => void

/** The failpoint hook of a real site. */
export const noFailpoint: Failpoint = () => {}
