import type { Branch } from './chain-memory.ts'
import { SiteBooks } from './site-books.ts'

/** A life of a site as far as somebody has heard it. */
export interface ToldLife {
  readonly branch: Branch
  readonly count: number
}

/** The books of one site up to what was told of its lives; reads on where it stopped as long as they only grew. */
export class ToldBooks {
  #read: readonly (ToldLife & { readonly name: string; readonly hash: string | undefined })[] = []
  #books = new SiteBooks()

  /** The books that these lives leave, each up to its count. */
  of(lives: readonly ToldLife[]): SiteBooks {
    if (!this.#continues(lives)) {
      this.#read = []
      this.#books = new SiteBooks()
    }
    lives.forEach(({ branch, count }, index) => {
      const from = this.#read[index]?.count ?? 0
      for (let at = from; at < count; at += 1) {
        const entry = branch.entries[at]
        if (entry) this.#books.add(entry)
      }
    })
    this.#read = lives.map(({ branch, count }) => {
      return { branch, count, name: branch.name, hash: branch.entries[count - 1]?.hash }
    })
    return this.#books
  }

  /** Whether what was read is the beginning of these lives: only the last one that was read may have grown. */
  #continues(lives: readonly ToldLife[]): boolean {
    return this.#read.every(({ name, count, hash }, index) => {
      const now = lives[index]
      if (now?.branch.name !== name || now.count < count) return false
      if (index < this.#read.length - 1 && now.count !== count) return false
      return now.branch.entries[count - 1]?.hash === hash
    })
  }
}
