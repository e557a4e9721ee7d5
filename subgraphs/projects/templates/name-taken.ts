import contract from '../contract.ts'

/** What it means when a template in use has the name already. */
export const nameTaken = {
  project_template_name: () =>
    contract.failure('TEMPLATE_NAME_TAKEN', 'There is a template of this name.', ['input', 'name']),
}
