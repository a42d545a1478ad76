//! Files of every form, good and bad.

use super::*;
use proptest::prelude::*;
use shared::exchange::DateFormat;
use std::io::Write;
use zip::write::SimpleFileOptions;

/// A file that goes with the value.
struct Temporary(std::path::PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn file(bytes: &[u8]) -> Temporary {
    let name = format!("dipper-{}", uuid::Uuid::now_v7().simple());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, bytes).unwrap();
    Temporary(path)
}

fn rows(bytes: &[u8], wish: &Wish) -> Result<(FileFacts, Vec<Row>), ReadError> {
    let file = file(bytes);
    let facts = survey(&file.0, wish)?;
    let mut rows = Vec::new();
    each_row(&file.0, &facts, |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok((facts, rows))
}

fn read(bytes: &[u8]) -> Result<(FileFacts, Vec<Row>), ReadError> {
    rows(bytes, &Wish::default())
}

fn cells(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter()
        .map(|row| row.cells.iter().map(String::as_str).collect())
        .collect()
}

/// A workbook of one sheet with this data and these strings.
fn workbook(sheet_data: &str, strings: &str) -> Vec<u8> {
    let sheet = format!(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:XFD1048576\"/>{sheet_data}</worksheet>"
    );
    archive(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        ),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const STRINGS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"3\" uniqueCount=\"3\"><si><t>account</t></si><si><t>employees</t></si><si><r><t xml:space=\"preserve\">Acme </t></r><r><t>Corp</t></r></si></sst>";

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text = "account,sector\nAcme,retail\n\n\n\"Bolt, Ltd\",\"two\nlines\"\nCog,retail\n\nDuo,retail";
        let (_, rows) = read(text.replace('\n', end).as_bytes()).unwrap();
        let lines: Vec<i64> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [2, 5, 7, 9], "{end:?}");
    }
}

#[test]
fn a_plain_file_is_read_with_its_lines() {
    let (facts, rows) =
        read(b"account,sector\nAcme,retail\n\n\"Bolt, Ltd\",\"two\nlines\"\n").unwrap();
    assert_eq!(facts.encoding, Some(Encoding::Utf8));
    assert_eq!(facts.delimiter, Some(Delimiter::Comma));
    assert_eq!((facts.header_row, facts.rows), (1, 2));
    assert_eq!(
        cells(&rows),
        [["Acme", "retail"], ["Bolt, Ltd", "two\nlines"]]
    );
    assert_eq!((rows[0].line, rows[1].line), (2, 4));
}

#[test]
fn gbk_semicolons_and_tabs_are_detected() {
    let text = "客户名称;行业\n北斗科技;互联网\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let (facts, rows) = read(&gbk).unwrap();
    assert_eq!(facts.encoding, Some(Encoding::Gb18030));
    assert_eq!(facts.delimiter, Some(Delimiter::Semicolon));
    assert_eq!(cells(&rows), [["北斗科技", "互联网"]]);

    let mut with_mark = b"\xef\xbb\xbf".to_vec();
    with_mark.extend_from_slice("客户名称\t行业\n北斗\t云\n".as_bytes());
    let (facts, _) = read(&with_mark).unwrap();
    assert_eq!(facts.columns[0].header, "客户名称");
    assert_eq!(facts.delimiter, Some(Delimiter::Tab));

    let wide: Vec<u8> = "\u{feff}a\tb\n北\t斗\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (facts, rows) = read(&wide).unwrap();
    assert_eq!(facts.encoding, Some(Encoding::Utf16Le));
    assert_eq!(cells(&rows), [["北", "斗"]]);

    let (facts, rows) = read(b"account,city\nM\xfcller,K\xf6ln\n").unwrap();
    assert_eq!(facts.encoding, Some(Encoding::Windows1252));
    assert_eq!(cells(&rows), [["Müller", "Köln"]]);
}

#[test]
fn a_choice_of_encoding_delimiter_and_header_wins() {
    let wish = Wish {
        delimiter: Some(Delimiter::Pipe),
        header_row: Some(3),
        ..Wish::default()
    };
    let (facts, rows) = rows(b"Report\n\nx|y\n1|2\n", &wish).unwrap();
    assert_eq!(
        (facts.header_row, facts.headers()),
        (3, vec!["x".to_owned(), "y".to_owned()])
    );
    assert_eq!(cells(&rows), [["1", "2"]]);
}

#[test]
fn a_title_above_the_header_is_passed_over() {
    let (facts, _) =
        read(b"Accounts of May,,\n,,\naccount,sector,employees\nAcme,retail,5\n").unwrap();
    assert_eq!((facts.header_row, facts.rows), (3, 1));
}

#[test]
fn formula_cells_we_wrote_come_back_as_they_were() {
    let (_, rows) = read(b"account,sector\n'=1+1,'-3\n").unwrap();
    assert_eq!(cells(&rows), [["=1+1", "-3"]]);
}

#[test]
fn short_and_long_rows_are_told() {
    let (_, rows) = read(b"a,b,c\n1,2\n1,2,3,4\n").unwrap();
    assert!(rows[0].is_short && !rows[1].is_short);
    assert_eq!(rows[1].cells.len(), 4);
}

#[test]
fn what_is_no_table_is_refused() {
    for bytes in [
        b"".as_slice(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0",
        b"PK\x03\x04 not really",
        b"\n\n  \n",
    ] {
        assert_eq!(read(bytes).unwrap_err().code(), ErrorCode::UnreadableFile);
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_the_memory() {
    let mut bytes = b"a,b\n\"".to_vec();
    bytes.resize(8 * 1024 * 1024, b'x');
    assert_eq!(read(&bytes).unwrap_err().code(), ErrorCode::UnreadableFile);
}

#[test]
fn too_many_rows_or_columns_are_refused() {
    let rows = "a\n".to_owned() + &"1\n".repeat(200_001);
    assert_eq!(
        read(rows.as_bytes()).unwrap_err().code(),
        ErrorCode::TooManyItems
    );
    let columns = vec!["c"; 201].join(",") + "\n1,2\n";
    assert_eq!(
        read(columns.as_bytes()).unwrap_err().code(),
        ErrorCode::TooManyItems
    );
}

#[test]
fn a_workbook_is_read_cell_by_cell() {
    let data = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>engage_date</t></is></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c><c r=\"B3\"><v>1100.04</v></c><c r=\"C3\" s=\"1\"><v>42663</v></c></row></sheetData>";
    let (facts, rows) = read(&workbook(data, STRINGS)).unwrap();
    assert_eq!((facts.sheet.as_deref(), facts.rows), (Some("One"), 1));
    assert_eq!(facts.headers(), ["account", "employees", "engage_date"]);
    assert_eq!(cells(&rows), [["Acme Corp", "1100.04", "2016-10-20"]]);
    assert_eq!(rows[0].line, 3);
    assert_eq!(facts.columns[2].dates.possible(), [DateFormat::Ymd]);
}

#[test]
fn a_cell_in_the_last_corner_builds_no_range() {
    let data = "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>account</t></is></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
    let (_, rows) = read(&workbook(data, STRINGS)).unwrap();
    assert_eq!(rows[0].cells.len(), 201);
}

#[test]
fn bombs_are_refused() {
    let code = |bytes: &[u8]| read(bytes).unwrap_err().code();
    // Ten million empty strings.
    let strings = format!("<sst>{}</sst>", "<si><t/></si>".repeat(600_000));
    assert_eq!(
        code(&workbook("<sheetData/>", &strings)),
        ErrorCode::FileBomb
    );
    // Room for four thousand million strings.
    let strings = "<sst uniqueCount=\"4000000000\"></sst>";
    assert_eq!(
        code(&workbook("<sheetData/>", strings)),
        ErrorCode::FileBomb
    );
    // One string of forty million letters, in one piece and in many.
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(2_000_000));
    assert_eq!(
        code(&workbook("<sheetData/>", &strings)),
        ErrorCode::FileBomb
    );
    let run = format!(
        "<r><rPr><sz val=\"1\"/></rPr><t>{}</t></r>",
        "x".repeat(100_000)
    );
    let data = format!(
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>{}</is></c></row></sheetData>",
        run.repeat(40)
    );
    assert_eq!(code(&workbook(&data, STRINGS)), ErrorCode::FileBomb);
    let hidden = format!(
        "<sheetData><!-- </sheetData> --><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>{}</is></c></row></sheetData>",
        run.repeat(40)
    );
    assert_eq!(code(&workbook(&hidden, STRINGS)), ErrorCode::FileBomb);
    // A million cells and more, of which only the last of each row is there.
    let cells: String = (1..=5_001)
        .map(|row| format!("<row r=\"{row}\"><c r=\"GR{row}\"><v>1</v></c></row>"))
        .collect();
    let data = format!("<sheetData>{cells}</sheetData>");
    assert_eq!(code(&workbook(&data, STRINGS)), ErrorCode::FileBomb);
    // Styles without end.
    let styles = format!(
        "<styleSheet><cellXfs>{}</cellXfs></styleSheet>",
        "<xf/>".repeat(300_000)
    );
    assert_eq!(
        code(&archive(&[("xl/styles.xml", &styles)])),
        ErrorCode::FileBomb
    );
    // Entries without end.
    let names: Vec<String> = (0..3_000).map(|n| format!("{n}.xml")).collect();
    let parts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(code(&archive(&parts)), ErrorCode::FileBomb);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_sheet_is_read_or_refused(data in "(<sheetData>|<row r=\"[0-9]{1,12}\">|<c r=\"[A-Z]{0,4}[0-9]{0,8}\" t=\"[a-z]{0,3}\">|<v>|[0-9.]{1,9}|</v>|</c>|</row>|</sheetData>){0,30}") {
        let _ = std::panic::catch_unwind(|| {
            let _ = read(&workbook(&format!("<sheetData>{data}</sheetData>"), STRINGS));
        });
    }

    #[test]
    fn what_is_written_as_csv_is_read_back(table in prop::collection::vec(prop::collection::vec("[a-z=+@ ,;\"'北斗-]{0,8}", 3), 1..8)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["account", "sector", "employees"]).unwrap();
        for row in &table {
            writer.write_record(row.iter().map(|cell| shared::exchange::text::escape(cell.trim()))).unwrap();
        }
        let wish = Wish { delimiter: Some(Delimiter::Comma), header_row: Some(1), ..Wish::default() };
        let (_, found) = rows(&writer.into_inner().unwrap(), &wish).unwrap();
        let filled: Vec<Vec<&str>> = table.iter()
            .map(|row| row.iter().map(|cell| cell.trim()).collect::<Vec<_>>())
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        prop_assert_eq!(cells(&found), filled);
    }
}
