"""What good data looks like beyond what the database demands: each rule finds the records that contradict it."""

from dataclasses import dataclass

from app.core.label import Label

TODAY = "(CAST(:now AS timestamptz) AT TIME ZONE 'Asia/Shanghai')::date"
CARED_FOR = "coalesce(t.service_owner_id, t.sales_owner_id, t.care_owner_id, t.renewal_owner_id)"
POOR = 60  # a record below this completeness is hardly of use
# An owner who came in by the thousand stands in the car's row alone until the first change.
WITH_CAR = (
    "(SELECT r.store_id, r.vehicle_id, r.customer_id FROM vehicle_role r"
    " UNION ALL SELECT v.store_id, v.id, v.customer_id FROM vehicle v WHERE v.customer_id IS NOT NULL)"
)
SAME_CAR = (
    f"m.id IN (SELECT b.customer_id FROM {WITH_CAR} a JOIN {WITH_CAR} b ON b.store_id = a.store_id"
    " AND b.vehicle_id = a.vehicle_id WHERE a.store_id = t.store_id AND a.customer_id = t.id)"
)
# Each tells that two customers of a store, `t` and `m`, may be one: a family shares a phone or a car, not the name too.
SAME_PERSON = (
    "m.id_card_bidx = t.id_card_bidx",
    "m.uscc = t.uscc",
    "(m.phone_bidx = t.phone_bidx AND m.name_key = t.name_key)",
    f"(m.name_key = t.name_key AND {SAME_CAR})",
)
OWNED = "coalesce(t.service_owner_id, t.sales_owner_id)"


@dataclass(frozen=True, slots=True)
class QualityRule:
    """A condition in SQL over `t`, a row of the entity, that is true where the data is wrong; `:now` is the moment.

    Records that were put away (merged, archived) are not judged.
    """

    code: str
    entity: str
    problem: Label
    wrong: str
    owner: str  # the employee who can set it right, as SQL over `t`
    days: int = 14  # until it should be


QUALITY_RULES = (
    QualityRule(
        "customer_unreachable",
        "customer",
        Label("没有手机、邮箱或其他联系方式", "No way to reach the customer"),
        "t.phone IS NULL AND t.email IS NULL AND NOT t.do_not_contact"
        " AND NOT EXISTS (SELECT FROM contact_point p WHERE p.store_id = t.store_id AND p.customer_id = t.id)",
        CARED_FOR,
    ),
    QualityRule(
        "customer_odd_name",
        "customer",
        Label("姓名像是随意填写的，请核实", "The name looks made up"),
        r"t.name ~ '^[[:digit:][:punct:][:space:]]+$|^(.)\1+$|测试|无名|不详|先生$|女士$|^test'",
        CARED_FOR,
    ),
    QualityRule(
        "customer_shared_phone",
        "customer",
        Label("同一手机登记在四位以上客户名下，请核实", "More than three customers share this mobile"),
        "t.phone_bidx IS NOT NULL AND (SELECT count(DISTINCT o.name) FROM customer o"
        " WHERE o.store_id = t.store_id AND o.phone_bidx = t.phone_bidx) > 3",
        CARED_FOR,
    ),
    QualityRule(
        "customer_twice",
        "customer",
        Label("疑似与另一份档案是同一人，请核对后合并", "Another record may be the same customer; check, then merge"),
        " OR ".join(
            "EXISTS (SELECT FROM customer m WHERE m.store_id = t.store_id AND m.id <> t.id"
            f" AND m.merged_into_id IS NULL AND m.archived_at IS NULL AND {same})"
            for same in SAME_PERSON
        ),
        CARED_FOR,
    ),
    QualityRule(
        "customer_age",
        "customer",
        Label("年龄不在 16 至 110 岁之间，请核对生日", "The age is not between 16 and 110; check the birthday"),
        f"t.kind = 'person' AND (t.birth_date > {TODAY} - interval '16 years'"
        f" OR t.birth_date < {TODAY} - interval '110 years')",
        CARED_FOR,
    ),
    QualityRule(
        "customer_wedding",
        "customer",
        Label("结婚纪念日早于 16 岁，请核对", "Married before 16; check the dates"),
        "t.wedding_date < t.birth_date + interval '16 years'",
        CARED_FOR,
    ),
    QualityRule(
        "person_with_uscc",
        "customer",
        Label("个人客户填了统一社会信用代码，请核对类型", "A person with a company's code; check the type"),
        "t.kind = 'person' AND t.uscc IS NOT NULL",
        CARED_FOR,
    ),
    QualityRule(
        "company_without_uscc",
        "customer",
        Label("单位客户缺少统一社会信用代码", "A company without its social credit code"),
        "t.kind = 'organisation' AND t.uscc IS NULL",
        CARED_FOR,
        30,
    ),
    QualityRule(
        "customer_of_leaver",
        "customer",
        Label("归属人已离职，请重新分配", "It belongs to somebody who has left; hand it over"),
        "EXISTS (SELECT FROM employee e WHERE e.id IN (t.sales_owner_id, t.service_owner_id, t.renewal_owner_id,"
        f" t.care_owner_id) AND e.left_on <= {TODAY})",
        CARED_FOR,
        3,
    ),
    QualityRule(
        "vehicle_without_owner",
        "vehicle",
        Label("已交车辆没有车主", "A delivered car without an owner"),
        "t.status = 'delivered' AND t.customer_id IS NULL",
        OWNED,
    ),
    QualityRule(
        "vehicle_registered_early",
        "vehicle",
        Label("上牌日期比购车日期早 30 天以上，请核对", "Registered over 30 days before it was bought"),
        "t.registered_on < t.bought_on - 30",
        OWNED,
    ),
    QualityRule(
        "vehicle_plate_energy",
        "vehicle",
        Label("车牌与能源类型不符，请核对", "Plate and energy do not fit"),
        "(t.energy = 'electric' AND char_length(t.plate) = 7) OR (t.energy = 'petrol' AND char_length(t.plate) = 8)",
        OWNED,
    ),
    QualityRule(
        "vehicle_future_date",
        "vehicle",
        Label("购车或上牌日期在将来，请核对", "Bought or registered in the future"),
        f"t.bought_on > {TODAY} OR t.registered_on > {TODAY}",
        OWNED,
    ),
    QualityRule(
        "reading_doubtful",
        "odometer_reading",
        Label("里程与前后记录不符，请核对仪表", "The mileage does not fit the readings around it; check it"),
        "t.standing = 'doubtful'",
        "(SELECT coalesce(v.service_owner_id, v.sales_owner_id) FROM vehicle v WHERE v.id = t.vehicle_id)",
    ),
    QualityRule(
        "policy_doubled",
        "insurance_policy",
        Label("同一险种的保期重叠，请核对起止日期", "Two policies of a kind at one time; check their dates"),
        "t.doubled",
        "t.seller_id",
    ),
)
