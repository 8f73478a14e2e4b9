import { isConfigProblem, readEdgeConfig } from '@gatehouse/edge/config'
import { startEdge, systemAdapters } from '@gatehouse/edge/main'
import { SiteError } from '@gatehouse/shared/errors/site-error'
import { runUnderSupervisor } from './child-runtime.ts'

// One edge of the demo: the real program with a clock that the panel can move.
await runUnderSupervisor(async ({ clock, gateway, config: path }) => {
  const config = readEdgeConfig(path)
  if (isConfigProblem(config)) {
    const hint = `${path} cannot be used: ${config.lines.join('; ')}`
    throw new SiteError({ code: 'config_invalid', op: 'demo.edge', hint, retryable: false })
  }
  const program = await startEdge(config, {
    ...systemAdapters(config),
    clock,
    aroundGateway: (own) => gateway.aroundSite(own),
  })
  await program.ready
  return program
})
