import { defineConfig } from 'vitest/config'

// Vitest hands these to Node as well: anything more, such as `module`, makes CommonJS packages load the wrong files.
const conditions = ['gatehouse-source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{shared,edge,cloud,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: './cloud/database/test-server.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
