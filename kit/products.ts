/**
 * The products that people build on Guildhall. The router serves each a schema of its own at `/graphql/<product>`, with
 * what the domains of that product offer.
 */
export const products = {
  innovation: 'Innovation programmes: events, participants, and the projects that come out of them.',
  makerspace: 'Makerspaces: members, equipment, prints, plans and bills.',
  stock: 'Businesses with stock: catalogue, inventory, orders and suppliers.',
  city: 'Reports of citizens to their city, and what they earn with them.',
  projects: 'Project teams: projects, tasks, time, files and comments.',
} as const

export type Product = keyof typeof products

/** For domains that every product needs. */
export const everyProduct = Object.keys(products) as readonly Product[]
