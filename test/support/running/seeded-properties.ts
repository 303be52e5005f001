import fc from 'fast-check'

/** Another seed: `FAST_CHECK_SEED=7`. The one that stands here makes every run the same. */
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 1) })

export { fc }
