//! What the names of columns say: which fields they fill, and of what the rows are.

use super::text::normalise;
use super::{Field, FileKind};
use std::collections::HashSet;
use strum::IntoEnumIterator;

/// The names a column of a field goes by, in the files of a kind.
const fn names(kind: FileKind, field: Field) -> &'static [&'static str] {
    use Field as F;
    use FileKind as K;
    match (kind, field) {
        (K::Sellers, F::Name) => &[
            "sales_agent",
            "agent",
            "seller",
            "salesperson",
            "sales rep",
            "rep",
            "name",
            "employee",
            "销售",
            "销售员",
            "销售人员",
            "业务员",
            "姓名",
            "客户经理",
        ],
        (_, F::Manager) => &[
            "manager",
            "sales manager",
            "team lead",
            "leader",
            "supervisor",
            "主管",
            "经理",
            "销售经理",
            "上级",
        ],
        (_, F::Team) => &[
            "regional_office",
            "office",
            "team",
            "region",
            "branch",
            "department",
            "团队",
            "办公室",
            "大区",
            "区域",
            "部门",
            "分公司",
        ],
        (_, F::Level) => &["level", "seniority", "grade", "级别", "销售级别", "职级"],
        (K::Products, F::Name) => &[
            "product",
            "product name",
            "name",
            "item",
            "产品",
            "产品名称",
            "名称",
            "商品",
        ],
        (_, F::Line) => &[
            "series",
            "line",
            "product line",
            "family",
            "category",
            "系列",
            "产品线",
            "类别",
        ],
        (_, F::ListPrice) => &[
            "sales_price",
            "list price",
            "price",
            "unit price",
            "价格",
            "单价",
            "目录价",
            "标价",
            "售价",
        ],
        (K::Accounts, F::Name) => &[
            "account",
            "account name",
            "company",
            "company name",
            "customer",
            "customer name",
            "client",
            "name",
            "organization",
            "organisation",
            "客户",
            "客户名称",
            "公司",
            "公司名称",
            "企业名称",
            "名称",
            "单位",
        ],
        (_, F::Industry) => &["sector", "industry", "vertical", "行业", "所属行业", "领域"],
        (_, F::Nature) => &["nature", "ownership", "legal form", "企业性质", "性质"],
        (_, F::Employees) => &[
            "employees",
            "employee count",
            "number of employees",
            "headcount",
            "staff",
            "员工",
            "员工人数",
            "员工数",
            "人数",
        ],
        (_, F::Region) => &[
            "office_location",
            "location",
            "country",
            "region",
            "state",
            "province",
            "city",
            "地区",
            "区域",
            "国家",
            "省份",
            "城市",
            "所在地",
        ],
        (_, F::Address) => &[
            "address",
            "street",
            "billing address",
            "地址",
            "详细地址",
            "通讯地址",
        ],
        (_, F::Website) => &[
            "website", "web", "url", "homepage", "domain", "网址", "网站", "官网",
        ],
        (_, F::Phones) => &[
            "phone",
            "phones",
            "telephone",
            "mobile",
            "tel",
            "电话",
            "联系电话",
            "手机",
        ],
        (_, F::Parent) => &[
            "subsidiary_of",
            "parent",
            "parent account",
            "parent company",
            "group",
            "上级客户",
            "母公司",
            "集团",
            "所属集团",
        ],
        (_, F::Source) => &["source", "lead source", "来源", "客户来源"],
        (_, F::Prospecting) => &[
            "prospecting",
            "prospecting method",
            "寻找方法",
            "获客方式",
            "获客方法",
            "开发方式",
        ],
        (_, F::Tier) => &[
            "tier",
            "class",
            "grade",
            "rating",
            "等级",
            "客户等级",
            "级别",
            "分级",
        ],
        (_, F::Tags) => &["tags", "labels", "标签"],
        (K::Accounts, F::ExternalId) => &[
            "account_id",
            "customer_id",
            "company_id",
            "external_id",
            "id",
            "客户编号",
            "编号",
            "客户id",
        ],
        (K::Deals, F::ExternalId) => &[
            "opportunity_id",
            "deal_id",
            "opp_id",
            "external_id",
            "record_id",
            "id",
            "商机编号",
            "商机id",
            "项目编号",
            "编号",
        ],
        (_, F::Title) => &[
            "title",
            "opportunity",
            "opportunity name",
            "deal",
            "deal name",
            "subject",
            "name",
            "商机",
            "商机名称",
            "项目",
            "项目名称",
            "标题",
            "主题",
        ],
        (_, F::Account) => &[
            "account",
            "account name",
            "company",
            "customer",
            "customer name",
            "client",
            "客户",
            "客户名称",
            "公司",
            "公司名称",
        ],
        (_, F::Product) => &[
            "product",
            "product name",
            "item",
            "产品",
            "产品名称",
            "商品",
        ],
        (_, F::Quantity) => &["quantity", "qty", "units", "数量", "件数"],
        (_, F::Owner) => &[
            "sales_agent",
            "agent",
            "owner",
            "account owner",
            "deal owner",
            "opportunity owner",
            "seller",
            "sales rep",
            "salesperson",
            "rep",
            "负责人",
            "销售",
            "销售员",
            "业务员",
            "客户经理",
            "跟进人",
        ],
        (_, F::Stage) => &[
            "deal_stage",
            "stage",
            "sales stage",
            "pipeline stage",
            "opportunity stage",
            "status",
            "阶段",
            "商机阶段",
            "销售阶段",
            "状态",
        ],
        (_, F::Amount) => &[
            "close_value",
            "amount",
            "value",
            "deal value",
            "deal amount",
            "opportunity amount",
            "revenue",
            "金额",
            "商机金额",
            "预计金额",
            "成交金额",
            "价税合计",
            "合同金额",
        ],
        (_, F::ExpectedProfit) => &[
            "expected_profit",
            "expected profit",
            "profit",
            "gross profit",
            "margin",
            "预计利润",
            "预计贡献利润",
            "贡献利润",
            "利润",
            "毛利",
        ],
        (_, F::Currency) => &["currency", "ccy", "币种", "货币"],
        (_, F::Probability) => &[
            "probability",
            "win probability",
            "成交概率",
            "概率",
            "赢率",
            "把握",
        ],
        (_, F::CreatedOn) => &[
            "created",
            "created_on",
            "created_at",
            "created date",
            "create date",
            "open date",
            "创建日期",
            "创建时间",
            "建立日期",
        ],
        (_, F::EngagedOn) => &[
            "engage_date",
            "engaged_on",
            "start date",
            "first contact",
            "开始日期",
            "跟进日期",
            "首次接触",
            "立项日期",
        ],
        (_, F::ClosedOn) => &[
            "close_date",
            "closed_on",
            "closed",
            "closed date",
            "won date",
            "end date",
            "关闭日期",
            "成交日期",
            "签约日期",
            "结束日期",
        ],
        (_, F::ExpectedCloseOn) => &[
            "expected close",
            "expected_close_on",
            "expected close date",
            "forecast date",
            "预计成交日期",
            "预计签约日期",
            "预计关闭日期",
        ],
        (_, F::NextStep) => &["next step", "next_step", "下一步", "下一步计划", "后续计划"],
        (_, F::NextStepOn) => &[
            "next step date",
            "next_step_on",
            "follow up date",
            "下一步日期",
            "下次跟进",
            "下次跟进日期",
        ],
        (_, F::LossReason) => &[
            "loss reason",
            "lost reason",
            "reason",
            "丢单原因",
            "输单原因",
            "失败原因",
        ],
        (K::Sellers | K::Products, F::ExternalId) | (K::Deals, F::Name) => &[],
    }
}

/// The fields that columns of these names fill in a file of a kind; each field at most once, the column
/// whose name comes first in the list of names wins.
#[must_use]
pub fn fields(kind: FileKind, headers: &[String]) -> Vec<Option<Field>> {
    let headers: Vec<String> = headers.iter().map(|header| normalise(header)).collect();
    let mut found: Vec<Option<Field>> = vec![None; headers.len()];
    // The better a name fits a field, the earlier the field is given out.
    let mut fits: Vec<(usize, usize, Field)> = Vec::new();
    for field in Field::of(kind) {
        for (rank, name) in names(kind, *field).iter().enumerate() {
            let name = normalise(name);
            for (column, header) in headers.iter().enumerate() {
                if *header == name {
                    fits.push((rank, column, *field));
                }
            }
        }
    }
    fits.sort_by_key(|(rank, column, _)| (*rank, *column));
    let mut taken = HashSet::new();
    for (_, column, field) in fits {
        if let Some(place) = found.get_mut(column)
            && place.is_none()
            && taken.insert(field)
        {
            *place = Some(field);
        }
    }
    found
}

/// What the rows of a file with these columns are; `None` when the names do not tell.
#[must_use]
pub fn kind(headers: &[String]) -> Option<FileKind> {
    let mut best: Option<(usize, FileKind)> = None;
    let mut is_tied = false;
    for kind in FileKind::iter() {
        let fields: Vec<Field> = fields(kind, headers).into_iter().flatten().collect();
        let is_complete = Field::of(kind)
            .iter()
            .filter(|field| field.is_required(kind))
            .all(|field| fields.contains(field));
        if !is_complete {
            continue;
        }
        match best {
            Some((score, _)) if fields.len() < score => {}
            Some((score, _)) if fields.len() == score => is_tied = true,
            _ => {
                best = Some((fields.len(), kind));
                is_tied = false;
            }
        }
    }
    best.filter(|_| !is_tied).map(|(_, kind)| kind)
}

/// How many of these cells are names of columns that files have; tells a header from a title line.
#[must_use]
pub fn familiar(cells: &[String]) -> usize {
    FileKind::iter()
        .map(|kind| fields(kind, cells).into_iter().flatten().count())
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn the_columns_of_known_files_find_their_fields() {
        use Field as F;
        let line = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,engage_quarter";
        assert_eq!(kind(&headers(line)), Some(FileKind::Deals));
        assert_eq!(
            fields(FileKind::Deals, &headers(line)),
            [
                Some(F::ExternalId),
                Some(F::Owner),
                Some(F::Product),
                Some(F::Account),
                Some(F::Stage),
                Some(F::EngagedOn),
                Some(F::ClosedOn),
                Some(F::Amount),
                None
            ]
        );
        let line =
            "account,sector,year_established,revenue,employees,office_location,subsidiary_of";
        assert_eq!(kind(&headers(line)), Some(FileKind::Accounts));
        assert_eq!(
            kind(&headers("product,series,sales_price")),
            Some(FileKind::Products)
        );
        assert_eq!(
            kind(&headers("sales_agent,manager,regional_office")),
            Some(FileKind::Sellers)
        );
    }

    #[test]
    fn chinese_columns_find_their_fields() {
        assert_eq!(
            kind(&headers("商机编号,负责人,产品,客户,阶段,金额")),
            Some(FileKind::Deals)
        );
        assert_eq!(
            kind(&headers("客户名称,行业,员工人数,地区,母公司")),
            Some(FileKind::Accounts)
        );
        assert_eq!(kind(&headers("销售员,主管,大区")), Some(FileKind::Sellers));
    }

    #[test]
    fn names_that_say_nothing_leave_the_kind_open() {
        assert_eq!(kind(&headers("a,b,c")), None);
        assert_eq!(kind(&headers("name")), None);
        assert_eq!(familiar(&headers("Sales report of May,,")), 0);
    }

    #[test]
    fn each_field_is_filled_once() {
        let found = fields(FileKind::Accounts, &headers("account,account,name"));
        assert_eq!(found, [Some(Field::Name), None, None]);
    }
}
