import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { SiteMachine } from './site-machine.ts'

/** One entry as a site has committed it. */
export interface CommittedEntry {
  readonly seq: number
  readonly hash: string
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
  /** Where it was recorded first, when a later life entered it again. */
  readonly originHash: string | undefined
}

/** The entries of one life of a site; a disk that went back to an older copy goes on as a branch of its own. */
export interface Branch {
  /** Site and incarnation. */
  readonly name: string
  readonly entries: CommittedEntry[]
  /** What the lives before left, as this life took it over. */
  past: readonly CommittedEntry[]
}

/** How the branches of a life are called. */
export const lifeName = (siteId: string, incarnation: number) => `${siteId}/${incarnation}`

/** Everything that machines ever committed, as it was when somebody could first have seen it. */
export class ChainMemory {
  readonly #branches: Branch[] = []
  readonly #present = new Map<SiteMachine, Branch>()

  /** The branch that a machine wrote last. */
  present(machine: SiteMachine): Branch | undefined {
    return this.#present.get(machine)
  }

  /** The branch that a machine writes; a new one when it begins another life. */
  presentOf(machine: SiteMachine, incarnation: number): Branch {
    const name = lifeName(machine.siteId, incarnation)
    const present = this.#present.get(machine)
    return present?.name === name ? present : this.#begin(machine, { name, entries: [], past: [] })
  }

  /** The machine has an older copy of its disk: what it commits next follows that copy's last entry. */
  goBack(machine: SiteMachine, incarnation: number, head: ChainHead): void {
    const name = lifeName(machine.siteId, incarnation)
    const before = this.holding(name, head)
    this.#begin(machine, {
      name,
      entries: before?.entries.slice(0, head.seq) ?? [],
      past: before?.past ?? [],
    })
  }

  /** A branch that holds this entry; any of the life at seq 0. */
  holding(name: string, { seq, hash }: ChainHead): Branch | undefined {
    return this.#branches.find(
      (branch) => branch.name === name && (seq === 0 || branch.entries[seq - 1]?.hash === hash),
    )
  }

  #begin(machine: SiteMachine, branch: Branch): Branch {
    this.#branches.push(branch)
    this.#present.set(machine, branch)
    return branch
  }
}
