-- What all targets of the rows suite read: three levels in one schema.
create schema depot;
create table depot.shelf (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  location text not null,
  added_at timestamptz(3) not null,
  version integer not null default 1
);
create table depot.crate (
  id uuid primary key,
  organization_id uuid not null,
  shelf_id uuid not null references depot.shelf,
  name text not null,
  added_at timestamptz(3) not null,
  version integer not null default 1
);
create table depot.part (
  id uuid primary key,
  organization_id uuid not null,
  crate_id uuid not null references depot.crate,
  sku text not null,
  stock integer not null,
  added_at timestamptz(3) not null,
  version integer not null default 1
);
create index crate_by_shelf on depot.crate (shelf_id, name, id);
create index part_by_crate on depot.part (crate_id, sku, id);
