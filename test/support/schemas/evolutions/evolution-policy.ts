const rule = (fields: readonly string[], more: object = {}) => ({ action: 'read', subject: 'order', fields, ...more })

/** The ways in which rules reach a field: by a pattern, by its name, by a tag, under a condition, and by what is taken away again. */
export const evolutionPolicy = JSON.stringify({
  roles: {
    all: [rule(['**'])],
    named: [rule(['field'])],
    tagged: [rule(['tag:PII'])],
    own: [rule(['**'], { conditions: { id: '${user.order}' } })],
    untagged: [rule(['**']), rule(['tag:PII'], { inverted: true })],
  },
})
