import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { err, ok, type Result } from '@gatehouse/shared/result/result'
import { clearDeadDisks, mountsUnder, powerCutPrefix } from './power-cut-remains.ts'

/**
 * A disk whose power can be cut (decision record: power-cuts.md).
 *
 *   memory disk ─┬─ disk.img ── loop device ── ext4 at `site/`    what the edge writes to
 *                ├─ cut.img                                         what the newest cut left, untouched
 *                └─ look.img ── loop device ── ext4 at `after/`   a copy of that, while it is looked at
 *
 * What a program wrote and did not sync is in the page cache of `site/`. `disk.img` has only what the file
 * system sent to its device, so a copy of that file is the disk as the power cut leaves it.
 */
const diskBytes = 96 * 1024 * 1024
/** The disk, a copy of it, a copy of that to look at, and logs. */
const memoryBytes = 4 * diskBytes
/** A copy during which the device was written is of no moment at all, and is taken again. */
const copyAttemptsMax = 50

const run = promisify(execFile)
// Not every account's search path has the tools for disks.
const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
const call = (program: string, ...args: readonly string[]) =>
  void execFileSync(program, args, { stdio: 'pipe', env: environment })

/** An ext4 file system of 96 MiB on a loop device, of which copies are taken as power cuts leave them. */
export class PowerCutDisk {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes and mounts an empty disk; refuses with a sentence where this account or machine cannot. */
  static open(): Result<PowerCutDisk, string> {
    if (process.getuid?.() !== 0) return err('only root may mount a file system')
    clearDeadDisks()
    const folder = mkdtempSync(join(tmpdir(), `${powerCutPrefix}${process.pid}-`))
    const disk = new PowerCutDisk(folder)
    try {
      call('mount', '-t', 'tmpfs', '-o', `size=${memoryBytes}`, 'tmpfs', folder)
      for (const name of ['site', 'after']) mkdirSync(join(folder, name))
      call('truncate', '-s', String(diskBytes), disk.#image)
      // Everything is initialised now, so that no thread of the kernel writes on its own account later.
      const eager = 'lazy_itable_init=0,lazy_journal_init=0,nodiscard'
      call('mkfs.ext4', '-q', '-F', '-m', '0', '-E', eager, disk.#image)
      disk.#mount(disk.#image, disk.site)
      return ok(disk)
    } catch (cause) {
      disk.close()
      return err(`no file system can be mounted through a loop device: ${String(cause).split('\n')[1]}`)
    }
  }

  /** Where the disk is mounted. */
  get site(): string {
    return join(this.#folder, 'site')
  }

  /** A place for logs that survives the cuts. */
  get logPath(): string {
    return join(this.#folder, 'edge.log')
  }

  get #image(): string {
    return join(this.#folder, 'disk.img')
  }

  get #cutImage(): string {
    return join(this.#folder, 'cut.img')
  }

  /** Sends what was written so far to the device, as hours of quiet before the first cut would. */
  settle(): void {
    call('sync', '--file-system', this.site)
  }

  /**
   * Copies what has reached the device, without sending anything to it. The program that writes has to stand
   * still or be dead: else no copy is ever taken while nothing is written.
   */
  async cut(): Promise<void> {
    const device = this.#deviceOf(this.site)
    for (let attempt = 0; attempt < copyAttemptsMax; attempt += 1) {
      const before = writesOf(device)
      await run('cp', ['--sparse=always', this.#image, this.#cutImage])
      if (before !== undefined && before === writesOf(device)) return
    }
    const hint = 'The loop device was written during every copy; stop what writes to it.'
    throw new SiteError({ code: 'copy_torn', op: 'faults.cut', hint, retryable: false })
  }

  /** Mounts a copy of the newest cut, which replays the file system's journal, and shows it to `look`. */
  async inspect<T>(look: (folder: string) => Promise<T>): Promise<T> {
    const image = join(this.#folder, 'look.img')
    const after = join(this.#folder, 'after')
    await run('cp', ['--sparse=always', this.#cutImage, image])
    this.#mount(image, after)
    try {
      return await look(after)
    } finally {
      call('umount', after)
      rmSync(image)
    }
  }

  /** Puts the newest cut in the place of the disk: the machine has its power again. Nobody may use the disk. */
  restorePower(): void {
    call('umount', this.site)
    renameSync(this.#cutImage, this.#image)
    this.#mount(this.#image, this.site)
  }

  /** Unmounts everything and leaves nothing behind, also from half an opening. */
  close(): void {
    for (const mounted of mountsUnder(this.#folder)) {
      try {
        call('umount', mounted.folder)
      } catch {
        call('umount', '--lazy', mounted.folder)
      }
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #mount(image: string, folder: string): void {
    // The loop device belongs to the mount and goes with it.
    call('mount', '-t', 'ext4', '-o', 'loop,noatime', image, folder)
  }

  #deviceOf(folder: string): string {
    const found = mountsUnder(this.#folder).find((mounted) => mounted.folder === folder)
    return basename(found?.device ?? '')
  }
}

/** The device's counts of writes, flushes and discards; `undefined` while a request is under way. */
function writesOf(device: string): string | undefined {
  // Documentation/block/stat.rst of Linux: the write, in-flight, discard and flush columns.
  const columns = readFileSync(`/sys/class/block/${device}/stat`, 'utf8').trim().split(/\s+/)
  const [writes, sectors, inFlight, discards, flushes] = [4, 6, 8, 11, 15].map((at) => columns[at])
  return inFlight === '0' ? [writes, sectors, discards, flushes].join() : undefined
}
