import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Vitest hands these to Node as well: anything more, such as `module`, makes CommonJS packages load the wrong files.
const conditions = ['gatehouse-source', 'node']

// The longest: one that begins last runs alone while the other processor rests.
const slow = ['simulation/mutations', 'story/one-slot', 'story/combined-spaces', 'simulation/simulation']

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = slow.findIndex((name) => moduleId.endsWith(`scripts/${name}.test.ts`))
      return at === -1 ? slow.length : at
    }
    const sorted = await super.sort(files)
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}

const nobodysTests = ['**/node_modules/**', '**/dist/**']
// Whole programs, and tests that replace what others load, watch their own process or leave a socket to close.
const inProcessesOfTheirOwn = [
  'scripts/**/*.test.ts',
  'edge/{devices,recovery,sync}/**/*.test.ts',
  'edge/{doctor,ledger/durable-file}.test.ts',
  'cloud/{backup,database}/**/*.test.ts',
  'cloud/{cloud-program,directory/stock-client,ingest/conformance}.test.ts',
]

function project(test: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      pool: 'forks',
      setupFiles: './scripts/setup/patient-tests.ts',
      // A test that hangs is found later for it, and one on a busy machine gets to its end.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      ...test,
    },
  }
}

// To load a package costs more than most of its tests: a process runs many files, one after the other.
const packages = ['shared', 'edge', 'cloud'].map((name) =>
  project({
    name,
    include: [`${name}/**/*.test.ts`],
    exclude: [...nobodysTests, ...inProcessesOfTheirOwn],
    isolate: false,
  }),
)

export default defineConfig({
  test: {
    maxWorkers: 2,
    globalSetup: './cloud/database/test-server.ts',
    sequence: { sequencer: SlowFirst },
    projects: [
      project({ name: 'programs', include: inProcessesOfTheirOwn, exclude: nobodysTests }),
      ...packages,
    ],
  },
})
