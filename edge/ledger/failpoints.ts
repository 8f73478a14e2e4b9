/** Numbered places where a crash is tested; a test or the demo stops the process there, a real site never. */
export type FailpointName =
  | 'command.decided'
  | 'entries.appended'
  | 'commit.before'
  | 'commit.after'
  | 'answer.before'
  | 'effect.before'
  | 'effect.after'
  | 'upload.before'
  | 'upload.after'
  | 'directory.before_commit'
  | 'directory.after_commit'

/** Called when the process reaches a failpoint. */
export type Failpoint = (name: FailpointName) => void

/** The failpoint hook of a real site. */
export const noFailpoint: Failpoint = () => {}
