import { Fragment, options, type ComponentChildren } from 'preact'
import { printable } from '#text/printable.js'

// Whatever text stands on a screen, of a record, a token or a policy: marks that turn the direction of writing are shown as escapes, so that
// nothing passes for something else. Signals that stand in the tree by themselves print their own.

const before = options.vnode?.bind(options)

options.vnode = (vnode) => {
  if (typeof vnode.type === 'string' || vnode.type === Fragment) {
    const props = vnode.props as { children?: ComponentChildren }
    if (props.children !== undefined) props.children = printed(props.children)
  }
  before?.(vnode)
}

function printed(children: ComponentChildren): ComponentChildren {
  if (typeof children === 'string') return printable(children)
  return Array.isArray(children) ? children.map(printed) : children
}
