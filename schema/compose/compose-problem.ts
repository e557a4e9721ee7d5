/** Something that whoever composes must mend; its message says all there is to say. */
export class ComposeProblem extends Error {}
