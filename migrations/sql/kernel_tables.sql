-- The kernel's tables, as their descriptions in app/models ask for them.
CREATE TABLE company (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    uscc TEXT,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT company_code_once UNIQUE (code)
);

CREATE TABLE store (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C",
    company_id BIGINT NOT NULL,
    brand TEXT,
    city TEXT,
    address TEXT,
    hotline TEXT,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT store_code_once UNIQUE (code)
);

CREATE TABLE team (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    store_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C",
    kind TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT team_in_store UNIQUE (store_id, id),
    CONSTRAINT team_name_once UNIQUE (store_id, name)
);

CREATE TABLE employee (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    store_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C",
    team_id BIGINT,
    job TEXT,
    mobile BYTEA,
    mobile_bidx BYTEA,
    hired_on DATE,
    left_on DATE,
    user_id BIGINT,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT employee_in_store UNIQUE (store_id, id),
    CONSTRAINT employee_number_once UNIQUE (store_id, number)
);

CREATE TABLE customer (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    store_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT COLLATE "C",
    kind TEXT NOT NULL,
    number TEXT,
    stage TEXT NOT NULL,
    phone BYTEA,
    phone_bidx BYTEA,
    email BYTEA,
    email_bidx BYTEA,
    district TEXT,
    address BYTEA,
    gender TEXT,
    birth_date DATE,
    id_card BYTEA,
    id_card_bidx BYTEA,
    uscc TEXT,
    source TEXT,
    sales_owner_id BIGINT,
    service_owner_id BIGINT,
    renewal_owner_id BIGINT,
    care_owner_id BIGINT,
    note TEXT,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT customer_in_store UNIQUE (store_id, id),
    CONSTRAINT customer_number_once UNIQUE (store_id, number)
);

CREATE TABLE vehicle (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    uuid UUID DEFAULT gen_random_uuid() NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    created_by BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    updated_by BIGINT,
    store_id BIGINT NOT NULL,
    plate TEXT,
    vin TEXT NOT NULL,
    customer_id BIGINT,
    model TEXT,
    energy TEXT,
    color TEXT,
    engine_number TEXT,
    status TEXT NOT NULL,
    bought_on DATE,
    channel TEXT,
    registered_on DATE,
    mileage BIGINT,
    sales_owner_id BIGINT,
    service_owner_id BIGINT,
    note TEXT,
    PRIMARY KEY (id),
    UNIQUE (uuid),
    CONSTRAINT vehicle_in_store UNIQUE (store_id, id),
    CONSTRAINT vehicle_vin_once UNIQUE (store_id, vin)
);

ALTER TABLE store ADD CONSTRAINT store_company_fk FOREIGN KEY(company_id) REFERENCES company (id);
ALTER TABLE team ADD FOREIGN KEY(store_id) REFERENCES store (id);
ALTER TABLE employee ADD FOREIGN KEY(store_id) REFERENCES store (id);
ALTER TABLE employee ADD CONSTRAINT employee_team_fk FOREIGN KEY(store_id, team_id) REFERENCES team (store_id, id);
ALTER TABLE customer ADD FOREIGN KEY(store_id) REFERENCES store (id);
ALTER TABLE customer ADD CONSTRAINT customer_care_owner_fk FOREIGN KEY(store_id, care_owner_id) REFERENCES employee (store_id, id);
ALTER TABLE customer ADD CONSTRAINT customer_renewal_owner_fk FOREIGN KEY(store_id, renewal_owner_id) REFERENCES employee (store_id, id);
ALTER TABLE customer ADD CONSTRAINT customer_sales_owner_fk FOREIGN KEY(store_id, sales_owner_id) REFERENCES employee (store_id, id);
ALTER TABLE customer ADD CONSTRAINT customer_service_owner_fk FOREIGN KEY(store_id, service_owner_id) REFERENCES employee (store_id, id);
ALTER TABLE vehicle ADD FOREIGN KEY(store_id) REFERENCES store (id);
ALTER TABLE vehicle ADD CONSTRAINT vehicle_customer_fk FOREIGN KEY(store_id, customer_id) REFERENCES customer (store_id, id);
ALTER TABLE vehicle ADD CONSTRAINT vehicle_sales_owner_fk FOREIGN KEY(store_id, sales_owner_id) REFERENCES employee (store_id, id);
ALTER TABLE vehicle ADD CONSTRAINT vehicle_service_owner_fk FOREIGN KEY(store_id, service_owner_id) REFERENCES employee (store_id, id);
CREATE INDEX company_code_order ON company (code, id);
CREATE INDEX store_code_order ON store (code, id);
CREATE INDEX store_company_order ON store (company_id, id);
CREATE INDEX team_name_order ON team (store_id, name_key, id);
CREATE INDEX employee_mobile_bidx ON employee (mobile_bidx);
CREATE INDEX employee_number_order ON employee (store_id, number, id);
CREATE INDEX employee_team_order ON employee (store_id, team_id, id);
CREATE INDEX customer_care_owner_order ON customer (store_id, care_owner_id, id);
CREATE INDEX customer_email_bidx ON customer (email_bidx);
CREATE INDEX customer_id_card_bidx ON customer (id_card_bidx);
CREATE INDEX customer_name_order ON customer (store_id, name_key, id);
CREATE INDEX customer_phone_bidx ON customer (phone_bidx);
CREATE INDEX customer_renewal_owner_order ON customer (store_id, renewal_owner_id, id);
CREATE INDEX customer_sales_owner_order ON customer (store_id, sales_owner_id, id);
CREATE INDEX customer_service_owner_order ON customer (store_id, service_owner_id, id);
CREATE INDEX customer_stage_order ON customer (store_id, stage, id);
CREATE INDEX vehicle_bought_on_order ON vehicle (store_id, bought_on, id);
CREATE INDEX vehicle_customer_order ON vehicle (store_id, customer_id, id);
CREATE INDEX vehicle_plate_order ON vehicle (store_id, plate, id);
CREATE INDEX vehicle_sales_owner_order ON vehicle (store_id, sales_owner_id, id);
CREATE INDEX vehicle_service_owner_order ON vehicle (store_id, service_owner_id, id);
CREATE INDEX vehicle_status_order ON vehicle (store_id, status, id);
SELECT gate.protect('company', 'company', 'group', ARRAY[]::text[], NULL);
SELECT trail.attach('company', 'company', ARRAY[]::text[], '');
SELECT gate.protect('store', 'store', 'self', ARRAY[]::text[], NULL);
SELECT trail.attach('store', 'store', ARRAY[]::text[], 'id');
SELECT gate.protect('team', 'team', 'store', ARRAY[]::text[], NULL);
SELECT trail.attach('team', 'team', ARRAY[]::text[], 'store_id');
SELECT gate.protect('employee', 'employee', 'store', ARRAY[]::text[], 'team_id');
SELECT trail.attach('employee', 'employee', ARRAY['mobile', 'mobile_bidx']::text[], 'store_id');
SELECT gate.protect('customer', 'customer', 'store', ARRAY['sales_owner_id', 'service_owner_id', 'renewal_owner_id', 'care_owner_id']::text[], NULL);
SELECT trail.attach('customer', 'customer', ARRAY['phone', 'phone_bidx', 'email', 'email_bidx', 'address', 'id_card', 'id_card_bidx']::text[], 'store_id');
SELECT gate.protect('vehicle', 'vehicle', 'store', ARRAY['sales_owner_id', 'service_owner_id']::text[], NULL);
SELECT trail.attach('vehicle', 'vehicle', ARRAY[]::text[], 'store_id');
