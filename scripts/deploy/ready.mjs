// Exit code 0 when the address given answers with a success within four seconds; for the health check of the image.
const timeoutMs = 4_000
const answer = await fetch(process.argv[2] ?? '', { signal: AbortSignal.timeout(timeoutMs) }).catch(
  () => undefined,
)
process.exit(answer?.ok ? 0 : 1)
