"""R02: a car is due for maintenance, by time since the last one or by its estimated mileage, whichever is first."""

from app.reminders.family import Family, ShippedRule, ShippedTemplate, family

MONTHS, KM = 6, 10_000  # where no plan of the model says otherwise
RECENT = 40  # days back in which visits and readings are looked through each night; all of a store once a week
FURTHEST = 3650  # days: a car that hardly moves is due by time
STEADY = 7  # days an estimate moves before it counts as another day (reminders.md §1)
READINGS = 12  # the latest readings, of 24 months, that a car's daily distance is estimated from
ZONE = "Asia/Shanghai"

# The median of the slopes between all pairs of readings (Theil–Sen), which one wrong reading does not bend.
PER_DAY = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (b.km - a.km) * 86400.0 / extract(epoch FROM b.at - a.at)) AS km,
           max(b.at) AS at, max(b.km) AS reached
      FROM reading a JOIN reading b ON b.at > a.at + interval '1 day' AND b.km >= a.km"""
# What lies between two services of the car's plan, the first check left out.
INTERVAL = """
    SELECT (max(i.months) - min(i.months)) / nullif(count(i.months) - 1, 0) AS months,
           (max(i.km) - min(i.km)) / nullif(count(i.km) - 1, 0) AS km
      FROM maintenance_plan m JOIN maintenance_plan_item i ON i.plan_id = m.id AND NOT i.first_check
     WHERE m.model_id = v.catalogue_model_id AND m.active AND m.use = 'normal'"""
ESTIMATE = f"""
    INSERT INTO work.service_due AS d (vehicle_id, store_id, due_on, last_on)
    SELECT v.id, v.store_id, greatest(l.last_on + 1, least(
               (l.last_on + make_interval(months => coalesce(nullif(s.months, 0), {MONTHS})::int))::date,
               CASE WHEN e.km > 0 THEN e.at::date + least({FURTHEST},
                    ceil((coalesce(l.mileage, e.reached) + coalesce(nullif(s.km, 0), {KM}) - e.reached) / e.km))::int
               END)), l.last_on
      FROM vehicle v
      JOIN LATERAL (
           SELECT (w.opened_at AT TIME ZONE '{ZONE}')::date AS last_on, w.mileage FROM work_order w
            WHERE w.store_id = v.store_id AND w.vehicle_id = v.id AND w.kind = 'maintenance' AND w.status <> 'voided'
              AND w.opened_at <= :now
            ORDER BY w.opened_at DESC LIMIT 1) l ON true
      LEFT JOIN LATERAL ({INTERVAL}) s ON true
      LEFT JOIN LATERAL (
           WITH reading AS MATERIALIZED (
                SELECT o.read_at AT TIME ZONE '{ZONE}' AS at, o.km FROM odometer_reading o
                 WHERE o.store_id = v.store_id AND o.vehicle_id = v.id AND o.standing = 'counted'
                   AND o.read_at > CAST(:now AS timestamptz) - interval '24 months' AND o.read_at <= :now
                 ORDER BY o.read_at DESC LIMIT {READINGS})
           {PER_DAY}) e ON true
     WHERE v.store_id = :store AND v.status = 'delivered' AND v.customer_id IS NOT NULL AND (
           extract(isodow FROM CAST(:today AS date)) = 1 + :store % 7
        OR NOT EXISTS (SELECT FROM work.service_due d WHERE d.store_id = :store)
        OR v.id IN (SELECT w.vehicle_id FROM work_order w WHERE w.store_id = :store
                       AND w.opened_at > CAST(:now AS timestamptz) - interval '{RECENT} days'
                     UNION ALL
                    SELECT o.vehicle_id FROM odometer_reading o WHERE o.store_id = :store
                       AND o.read_at > CAST(:now AS timestamptz) - interval '{RECENT} days'))
        ON CONFLICT (vehicle_id) DO UPDATE SET store_id = excluded.store_id, due_on = excluded.due_on,
                                               last_on = excluded.last_on
     WHERE d.last_on <> excluded.last_on OR abs(d.due_on - excluded.due_on) > {STEADY}"""
LATER = (
    "(SELECT FROM work_order w WHERE w.store_id = {0}.store_id AND w.vehicle_id = {0}.vehicle_id"
    " AND w.kind = 'maintenance' AND w.status <> 'voided' AND w.opened_at <= :now AND w.opened_at >= {1})"
)
AFTER_LAST = f"(d.last_on + 1)::timestamp AT TIME ZONE '{ZONE}'"
ANCHORS = f"""
    SELECT v.customer_id, v.id AS vehicle_id,
           coalesce(v.service_owner_id, c.service_owner_id, c.sales_owner_id) AS employee_id,
           NULL::bigint AS renewal_case_id, 'vehicle' AS subject_entity, v.id AS subject_record, d.due_on AS anchor_on
      FROM work.service_due d
      JOIN vehicle v ON v.store_id = d.store_id AND v.id = d.vehicle_id AND v.status = 'delivered'
      JOIN customer c ON c.store_id = v.store_id AND c.id = v.customer_id
                     AND c.merged_into_id IS NULL AND c.archived_at IS NULL
     WHERE d.store_id = :store AND d.due_on BETWEEN :since AND :until
       AND NOT EXISTS {LATER.format("d", AFTER_LAST)}"""
# Since it was told; of what was not told yet, since the maintenance it counts from.
SINCE = f"coalesce(r.told_at, (SELECT {AFTER_LAST} FROM work.service_due d WHERE d.vehicle_id = r.vehicle_id))"
UNSEEN = (
    "NOT EXISTS (SELECT FROM work_order w WHERE w.store_id = r.store_id AND w.vehicle_id = r.vehicle_id"
    " AND w.status <> 'voided' AND w.opened_at > CAST(:now AS timestamptz) - interval '24 months')"
)

family(
    Family(
        code="R02",
        prepare=(ESTIMATE,),
        anchors=ANCHORS,
        settled=f"EXISTS {LATER.format('r', SINCE)}",
        settled_as="visited",
        marketing=UNSEEN,
        marketing_as="unseen",
        task="invite",
        rules=(
            ShippedRule(
                code="R02",
                name="定期保养提醒",
                nature="notice",
                stages="-21, -7, 7",
                channels=("email", "wechat"),
                anchor="上次保养加间隔月数，或估算里程先到的那天",
                template="maintenance_due",
            ),
            ShippedRule(
                code="R02a",
                name="定期保养电话",
                nature="notice",
                stages="30",
                channels=("call",),
                anchor="上次保养加间隔月数，或估算里程先到的那天",
            ),
        ),
        templates=(
            ShippedTemplate(
                code="maintenance_due",
                name="车辆保养提醒",
                body="{customer}：\n\n您好！根据上次保养与行驶情况估算，以下车辆已到或将到保养时间：\n\n{items}\n\n"
                "请提前与我们预约，以便为您预留工位。如已保养，请忽略本提醒。\n\n{store}",
            ),
        ),
    )
)
