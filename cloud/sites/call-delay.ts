/** A site's token lives so long at most, by the site's clock. */
export const tokenMaxSeconds = 60
/** The cloud's clock and a site's may differ so much before a token is refused. */
export const clockToleranceSeconds = 10
/** A call of a site is believed so long after it was sent at most. */
export const callDelayMaxMs = (tokenMaxSeconds + clockToleranceSeconds) * 1000
