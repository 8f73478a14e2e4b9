import { z } from 'zod'

// zod compiles schemas with `new Function` where it may. Our content security policy forbids that, and the attempt
// alone would be reported, so it is switched off before any schema is made: front ends import this file first.
z.config({ jitless: true })
